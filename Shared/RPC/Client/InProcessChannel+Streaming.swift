internal import NIOConcurrencyHelpers
public import NIOCore

extension InProcessChannel {
    public func open(_ method: MethodDescriptor, request: ByteBuffer?, options: CallOptions) async throws(RPCError) -> MessageStream {
        var call = try admit(method, payload: ByteBuffer(), options: options)
        let handler = CancellableHandler()
        let pair = StreamPair(request: request) { handler.cancel() }
        call.messages = pair.server
        handler.run { [self, call] in
            switch await answer(call, core) {
            case .success: pair.end(nil)
            case .failure(let error): pair.end(error)
            }
        }
        return pair.client
    }
}

/// A handler's task, which may be cancelled before it is known.
private final class CancellableHandler: Sendable {
    private struct State {
        var task: Task<Void, Never>?
        var isCancelled = false
    }

    private let state = NIOLockedValueBox(State())

    func run(_ body: @escaping @Sendable () async -> Void) {
        let task = Task { await body() }
        let isCancelled = state.withLockedValue { state in
            state.task = task
            return state.isCancelled
        }
        if isCancelled { task.cancel() }
    }

    func cancel() {
        let task = state.withLockedValue { state in
            state.isCancelled = true
            return state.task
        }
        task?.cancel()
    }
}
