internal import Identity
internal import NIOCore

/// What a server knows of a call apart from its message: all that is told when it has ended, refused or answered.
package struct ReceivedCall: Sendable {
    let method: MethodDescriptor
    let caller: ServiceName
    /// As claimed, until the gate has checked it.
    var tenant: TenantID?
    /// The server's own span.
    let trace: TraceContext
    /// The caller's.
    let parent: TraceContext?
    let receivedAt: ContinuousClock.Instant
    let requestBytes: Int
    /// Time that it waited for its turn.
    var queued = Duration.zero

    init(
        _ method: MethodDescriptor, from caller: ServiceName, _ metadata: RequestMetadata = RequestMetadata(), receivedAt: ContinuousClock.Instant,
        requestBytes: Int
    ) {
        self.method = method
        self.caller = caller
        tenant = metadata.tenant
        trace = metadata.trace?.child() ?? .make()
        parent = metadata.trace
        self.receivedAt = receivedAt
        self.requestBytes = requestBytes
    }

    func record(_ answer: Result<ByteBuffer, RPCError>, now: ContinuousClock.Instant) -> CallRecord {
        var record = CallRecord(
            side: .server, method: method, peer: caller, tenant: tenant, code: .ok, trace: trace, parent: parent, started: receivedAt,
            duration: now - receivedAt, queued: queued, requestBytes: requestBytes)
        switch answer {
        case .success(let payload): record.responseBytes = payload.readableBytes
        case .failure(let error):
            record.code = error.code
            record.reason = error.reason
        }
        return record
    }
}

extension MethodDescriptor {
    /// What a call is counted under that names no method of this server: a name from outside would be a label from outside.
    static let unknown = MethodDescriptor(name: "unknown", owner: nil, callers: [], trusted: [], tenancy: .unbound, isIdempotent: false)
}
