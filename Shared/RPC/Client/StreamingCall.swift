internal import NIOCore

/// A call of several messages. Its answer is its status; the messages go through its stream.
///
/// SAFETY: as its superclass; what it adds is sendable by itself.
final class StreamingCall: PendingCall, @unchecked Sendable {
    let messages = MessageStream()
    /// Given nil when the request is written, the failure where it never was.
    let opened = OneShot<RPCError?>()
    /// Where false, `payload` is the one message of the client.
    let clientStreams: Bool

    init(
        method: MethodDescriptor, request: ByteBuffer?, metadata: RequestMetadata, deadline: ContinuousClock.Instant
    ) {
        clientStreams = request == nil
        super.init(method: method, payload: request ?? ByteBuffer(), metadata: metadata, deadline: deadline)
    }

    override func finish(_ answer: Answer) -> Bool {
        guard super.finish(answer) else { return false }
        var failure: RPCError?
        if case .failure(let error) = answer { failure = error }
        messages.end(failure)
        opened.give(failure)
        return true
    }

    /// What the client has sent since is not kept.
    override var mayBeResent: Bool { !clientStreams }
}
