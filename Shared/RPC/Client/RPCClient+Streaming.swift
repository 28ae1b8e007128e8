internal import Identity
public import NIOCore

extension RPCClient {
    public func open(_ method: MethodDescriptor, request: ByteBuffer?, options: CallOptions) async throws(RPCError) -> MessageStream {
        let deadline = options.effectiveDeadline(now: .now)
        guard .now < deadline else { throw .deadlineExceeded }
        let call = StreamingCall(method: method, request: request, metadata: RequestMetadata(options), deadline: deadline)
        let failure = await withTaskCancellationHandler {
            start(call)
            return await call.opened.value()
        } onCancel: {
            if call.finish(.failure(.cancelled)) { giveUp(call) }
        }
        if let failure { throw failure }
        return call.messages
    }
}
