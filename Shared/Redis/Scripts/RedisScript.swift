/// A program that the server runs in one piece. Its text is its identity: keep it constant and pass what varies.
public struct RedisScript: Sendable, Hashable {
    public let source: String
    public init(_ source: String) { self.source = source }
}
