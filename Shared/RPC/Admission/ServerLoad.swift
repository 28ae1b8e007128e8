/// How busy a server is right now.
public struct ServerLoad: Sendable, Hashable {
    /// Handlers of calls with one message each way.
    public var running: Int
    /// Open calls of several messages.
    public var streams: Int
    public var queued: Int
    /// Of the messages of those that wait.
    public var queuedBytes: Int
    /// How many may run at once.
    public var limit: Int
}
