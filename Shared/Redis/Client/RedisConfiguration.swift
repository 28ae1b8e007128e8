public import NIOCore

/// Where Redis is, who asks, and the bounds.
public struct RedisConfiguration: Sendable {
    public var host: String
    public var port: Int
    /// An ACL user.
    public var user: String?
    public var password: String?
    public var clientName: String
    /// Handlers that stand between the socket and the codec, such as TLS; made anew for each connection.
    public var transportHandlers: @Sendable () throws -> [any ChannelHandler] = { [] }
    /// A path that is used in place of host and port.
    public var unixSocketPath: String?

    public var connectTimeout: Duration = .seconds(2)
    public var commandTimeout: Duration = .seconds(2)
    public var maximumReplyBytes = 16 << 20
    /// Commands that may await their reply on one connection; more are refused.
    public var maximumPending = 4096
    public var firstBackoff: Duration = .milliseconds(100)
    public var maximumBackoff: Duration = .seconds(5)

    public init(host: String, port: Int, user: String? = nil, password: String? = nil, clientName: String = "provable") {
        self.host = host
        self.port = port
        self.user = user
        self.password = password
        self.clientName = clientName
    }
}

extension RedisConfiguration: CustomStringConvertible {
    /// Without the password.
    public var description: String { unixSocketPath ?? "\(user.map { $0 + "@" } ?? "")\(host):\(port)" }
}
