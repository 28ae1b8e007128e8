extension PostgresConfiguration {
    /// Why this configuration is not to be used, if it is not: without TLS only this machine may be spoken to.
    public var transportProblem: String? {
        guard tls == .disabled, !allowsPlaintextToOthers, !isOnThisMachine else { return nil }
        return "without TLS the database must be on this machine, and \(host) is not: set the root certificate"
    }

    /// The folder of a Unix socket, or a loopback address.
    private var isOnThisMachine: Bool {
        host.hasPrefix("/") || host == "localhost" || host == "::1" || (host.hasPrefix("127.") && HostAddresses.isNumeric(host))
    }

    /// A name that has to be looked up before connecting, which libpq would do while the loop waits.
    var nameToResolve: String? { host.hasPrefix("/") || HostAddresses.isNumeric(host) ? nil : host }

    var poolLimits: PoolLimits {
        PoolLimits(
            maximumConnections: maximumConnections, maximumWaiters: maximumWaiters, idleTimeout: idleTimeout, probeInterval: probeInterval)
    }

    /// As libpq's connection keywords. Each of `addresses` is tried in turn; without any libpq takes the host as it is.
    func connectionParameters(addresses: [String] = []) -> [(String, String)] {
        var parameters = [
            ("host", addresses.isEmpty ? host : addresses.map { _ in host }.joined(separator: ",")), ("port", String(port)), ("dbname", database),
            ("user", user), ("password", password), ("application_name", applicationName), ("client_encoding", "UTF8"),
            // A dead peer is noticed within a minute instead of the kernel's two hours.
            ("keepalives_idle", "30"), ("keepalives_interval", "10"), ("keepalives_count", "3"),
            ("options", sessionOptions), ("gssencmode", "disable"),
        ]
        if !addresses.isEmpty { parameters.append(("hostaddr", addresses.joined(separator: ","))) }
        switch tls {
        case .disabled:
            parameters.append(("sslmode", "disable"))
        case .verifyFull(let rootCertificatePath):
            parameters += [("sslmode", "verify-full"), ("sslrootcert", rootCertificatePath)]
        }
        return parameters
    }

    private var sessionOptions: String {
        [
            "-c TimeZone=UTC",
            // Nobody reads notices, and while rows are copied anything that the server says means that it refuses them.
            "-c client_min_messages=error",
            "-c statement_timeout=\(statementTimeout.milliseconds)",
            "-c lock_timeout=\(lockTimeout.milliseconds)",
            "-c idle_in_transaction_session_timeout=\(idleInTransactionTimeout.milliseconds)",
        ].joined(separator: " ")
    }
}
