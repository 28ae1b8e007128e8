/// How many messages go each way in a call of a method.
public enum CallShape: Hashable, Sendable {
    /// One each way.
    case unary
    /// Many to the server, one back.
    case clientStreaming
    /// One to the server, many back.
    case serverStreaming
    /// Many each way, at the same time.
    case bidirectional

    package var isStreaming: Bool { self != .unary }
}
