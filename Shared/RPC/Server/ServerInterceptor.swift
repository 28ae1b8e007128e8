/// Stands around every handler of a server: after the gate and admission, before the answer is written. It may change the context,
/// answer with an error of its own, or translate one.
///
/// What the mesh itself does with each call needs none: who may call (``CallGate``), deadline, trace and admission come before the
/// handler, and a ``CallObserver`` is told once how it ended. On the client's side a decorator of ``RPCChannel`` does the same.
public protocol ServerInterceptor: Sendable {
    func intercept<Answer: Sendable>(
        _ method: MethodDescriptor, _ context: CallContext, next: (CallContext) async throws -> Answer
    ) async throws -> Answer
}

extension RegisteredMethod {
    /// The first stands outermost. Built once, so that a call pays for those that are there and for nothing else.
    func intercepted(by interceptors: [any ServerInterceptor]) -> RegisteredMethod {
        interceptors.reversed().reduce(self) { $0.intercepted(by: $1) }
    }

    private func intercepted(by interceptor: some ServerInterceptor) -> RegisteredMethod {
        let method = descriptor
        return switch handling {
        case .unary(let handler):
            RegisteredMethod(
                method,
                .unary { payload, context in
                    try await interceptor.intercept(method, context) { try await handler(payload, $0) }
                })
        case .streaming(let handler):
            RegisteredMethod(
                method,
                .streaming { messages, context in
                    try await interceptor.intercept(method, context) { try await handler(messages, $0) }
                })
        // It does next to nothing, on the event loop: there is nothing to stand around.
        case .immediate: self
        }
    }
}
