internal import FoundationEssentials
internal import Identity
internal import Postgres
internal import Redis
internal import ServiceKit

/// Connection URLs as people write them. A failure names the part that is wrong and never the password.
struct StoreURL {
    let scheme: String
    let user: String?
    let password: String?
    let host: String
    let port: Int?
    let path: String
    let query: [String: String]

    init(_ text: String, for option: String) throws {
        guard let parts = URLComponents(string: text), let scheme = parts.scheme, let host = parts.host, !host.isEmpty else {
            throw DevFailure("\(option) is no URL such as scheme://user:password@host:port/name")
        }
        self.scheme = scheme
        user = parts.user
        password = parts.password
        self.host = host
        port = parts.port
        path = String(parts.path.drop { $0 == "/" })
        query = Dictionary((parts.queryItems ?? []).map { ($0.name, $0.value ?? "") }) { $1 }
    }

    /// The service whose database it is, and how to get there.
    func postgres() throws -> (ServiceName, PostgresConfiguration) {
        guard ["postgres", "postgresql"].contains(scheme) else { throw DevFailure("--postgres begins with postgres://, and this with \(scheme)://") }
        guard let service = ServiceName.allCases.first(where: { path == "provable_\($0.databaseName)" }) else {
            throw DevFailure("--postgres names the database \(path): it must be that of a service, such as provable_finops")
        }
        guard let user, let password else { throw DevFailure("--postgres for \(path) lacks the user or the password") }
        let tls = query["sslrootcert"].map { PostgresConfiguration.TLS.verifyFull(rootCertificatePath: $0) } ?? .disabled
        return (
            service,
            PostgresConfiguration(
                host: host, port: port ?? 5432, database: path, user: user, password: password, tls: tls, applicationName: "provable queue",
                maximumConnections: 1)
        )
    }

    func redis() throws -> RedisConfiguration {
        guard ["redis", "rediss"].contains(scheme) else { throw DevFailure("--redis begins with redis:// or rediss://, and this with \(scheme)://") }
        var configuration = RedisConfiguration(host: host, port: port ?? 6379, user: user, password: password, clientName: "provable-queue")
        guard scheme == "rediss" else { return configuration }
        guard let authority = query["sslrootcert"] else { throw DevFailure("--redis with rediss:// needs ?sslrootcert=FILE, the authority to trust") }
        configuration.secure(authority: authority)
        return configuration
    }
}
