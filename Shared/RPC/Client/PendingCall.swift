internal import NIOCore

/// A call that waits for its answer; finished exactly once, by whoever comes first: answer, deadline, cancellation, loss.
///
/// SAFETY: the answer is behind its own lock; the stored `var`s are used on the client's event loop only.
class PendingCall: OneShot<Result<ByteBuffer, RPCError>>, @unchecked Sendable {
    typealias Answer = Result<ByteBuffer, RPCError>

    let method: MethodDescriptor
    let metadata: RequestMetadata
    let deadline: ContinuousClock.Instant

    /// The message, while it may still be sent.
    private(set) var payload: ByteBuffer
    var stream: UInt32?
    /// It was sent once more already, after a connection that certainly did not serve it.
    var wasResent = false

    init(method: MethodDescriptor, payload: ByteBuffer, metadata: RequestMetadata, deadline: ContinuousClock.Instant) {
        self.method = method
        self.payload = payload
        self.metadata = metadata
        self.deadline = deadline
    }

    func answer() async -> Answer { await value() }

    /// True for the first one.
    @discardableResult
    func finish(_ answer: Answer) -> Bool { give(answer) }

    final var isFinished: Bool { isGiven }

    /// On the loop, when it has ended: the call itself may be held until its deadline, its message need not be.
    final func forgetPayload() { payload = ByteBuffer() }

    /// Whether all that was sent of it is at hand to be sent again.
    var mayBeResent: Bool { true }
}
