internal import Identity
internal import NIOCore

/// One call as its caller sees it, however often it is tried.
struct UnaryCall: Sendable {
    let method: MethodDescriptor
    let payload: ByteBuffer
    let metadata: RequestMetadata
    let began: ContinuousClock.Instant
    let deadline: ContinuousClock.Instant
    /// Begun so far.
    var attempts = 1
    /// All tries together.
    var queued = Duration.zero

    init(_ method: MethodDescriptor, payload: ByteBuffer, options: CallOptions, now: ContinuousClock.Instant) {
        self.method = method
        self.payload = payload
        metadata = RequestMetadata(options)
        began = now
        deadline = options.effectiveDeadline(now: now)
    }

    var mayRunTwice: Bool { method.isIdempotent || metadata.idempotencyKey != nil }

    /// - Parameter number: 0 for the first.
    func attempt(
        _ number: Int, at now: ContinuousClock.Instant, through endpoints: ServiceEndpoints, avoiding: EndpointID? = nil
    ) -> Attempt {
        var metadata = metadata
        metadata.attempt = UInt8(clamping: number)
        return Attempt(
            method: method, payload: payload, metadata: metadata, deadline: deadline, began: now, endpoints: endpoints, avoiding: avoiding)
    }

    func record(_ answer: PendingCall.Answer, peer: ServiceName, now: ContinuousClock.Instant) -> CallRecord {
        let trace = metadata.trace ?? .make()
        let parent = RequestContext.current?.trace
        var record = CallRecord(
            side: .client, method: method, peer: peer, tenant: metadata.tenant, code: .ok, trace: trace,
            parent: parent?.isSameTrace(as: trace) == true ? parent : nil, started: began, duration: now - began, queued: queued,
            attempts: attempts, requestBytes: payload.readableBytes)
        switch answer {
        case .success(let payload): record.responseBytes = payload.readableBytes
        case .failure(let error):
            record.code = error.code
            record.reason = error.reason
        }
        return record
    }
}
