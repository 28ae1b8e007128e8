/// What can go wrong with Redis. None of it may stop a service: Redis only shortens latency.
public enum RedisError: Error, Sendable, Hashable {
    case unavailable(String)
    case timeout
    /// The server's words; the first is its code, such as NOGROUP.
    case server(String)
    /// The reply is longer than allowed or no RESP2; the connection is closed.
    case protocolViolation(String)
    case closed

    /// The code that begins a server's error.
    public var code: String? {
        guard case .server(let message) = self else { return nil }
        return message.split(separator: " ").first.map(String.init)
    }
}
