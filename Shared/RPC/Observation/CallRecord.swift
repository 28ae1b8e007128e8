public import Identity

/// What is known of a call when it has ended: told exactly once per call and side, however often it was tried.
public struct CallRecord: Sendable {
    public enum Side: Hashable, Sendable { case client, server }

    public var side: Side
    public var method: MethodDescriptor
    /// The other end: the caller on a server, the service called on a client.
    public var peer: ServiceName
    public var tenant: TenantID?
    public var code: StatusCode
    /// Of the error; empty where the call succeeded.
    public var reason: String
    /// The call's own span on either side.
    public var trace: TraceContext
    /// The span that caused this one; nil at the root.
    public var parent: TraceContext?
    public var started: ContinuousClock.Instant
    public var duration: Duration
    /// Part of the duration that the call waited to be run: for a connection on a client, in the admission queue on a server.
    public var queued: Duration
    /// 1 where the first try was the last.
    public var attempts: Int
    public var requestBytes: Int
    public var responseBytes: Int

    public init(
        side: Side, method: MethodDescriptor, peer: ServiceName, tenant: TenantID? = nil, code: StatusCode, reason: String = "",
        trace: TraceContext, parent: TraceContext? = nil, started: ContinuousClock.Instant, duration: Duration,
        queued: Duration = .zero, attempts: Int = 1, requestBytes: Int = 0, responseBytes: Int = 0
    ) {
        self.side = side
        self.method = method
        self.peer = peer
        self.tenant = tenant
        self.code = code
        self.reason = reason
        self.trace = trace
        self.parent = parent
        self.started = started
        self.duration = duration
        self.queued = queued
        self.attempts = attempts
        self.requestBytes = requestBytes
        self.responseBytes = responseBytes
    }
}

/// Hears of every call that has ended: metrics, spans and the access log. Called on the call's own path, so it must not block.
public protocol CallObserver: Sendable {
    func callEnded(_ record: CallRecord)
}
