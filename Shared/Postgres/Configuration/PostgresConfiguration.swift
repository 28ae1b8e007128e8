/// Where the database is, who asks, and the bounds of everything that could grow or hang.
public struct PostgresConfiguration: Sendable {
    /// libpq's `sslmode`, of which only these are offered: without TLS, or with the server's name and certificate checked.
    public enum TLS: Sendable, Hashable {
        case disabled
        case verifyFull(rootCertificatePath: String)
    }

    /// A host name, an address, or the folder of a Unix socket.
    public var host: String
    public var port: Int
    public var database: String
    public var user: String
    public var password: String
    public var tls: TLS
    public var applicationName: String

    public var maximumConnections: Int
    /// Callers that may wait for a connection at once; more are refused.
    public var maximumWaiters = 1024
    public var acquireTimeout: Duration = .seconds(5)
    public var connectTimeout: Duration = .seconds(5)
    /// Enforced by the server, and two seconds later by the client, which then drops the connection.
    public var statementTimeout: Duration = .seconds(10)
    public var lockTimeout: Duration = .seconds(5)
    public var idleInTransactionTimeout: Duration = .seconds(30)
    public var idleTimeout: Duration = .seconds(300)
    public var maximumLifetime: Duration = .seconds(1800)
    /// An idle connection is asked this often whether it still answers.
    public var probeInterval: Duration = .seconds(30)
    public var maximumResultRows = 200_000
    public var maximumResultBytes = 64 << 20
    public var maximumPreparedStatements = 256
    /// For development only: lets statements and passwords travel unencrypted to another machine.
    public var allowsPlaintextToOthers = false

    public init(
        host: String, port: Int, database: String, user: String, password: String, tls: TLS = .disabled,
        applicationName: String = "provable", maximumConnections: Int = 8
    ) {
        self.host = host
        self.port = port
        self.database = database
        self.user = user
        self.password = password
        self.tls = tls
        self.applicationName = applicationName
        self.maximumConnections = maximumConnections
    }
}

extension PostgresConfiguration: CustomStringConvertible, CustomDebugStringConvertible {
    /// Without the password, so that a configuration can be logged.
    public var description: String { "\(user)@\(host):\(port)/\(database)" }
    public var debugDescription: String { description }
}

extension Duration {
    var milliseconds: Int64 { components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000 }
}
