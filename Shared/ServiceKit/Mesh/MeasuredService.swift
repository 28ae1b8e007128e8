internal import RPC

/// Gives each call that a service answers a span of its own, and tells an observer when the call has ended.
struct MeasuredService: RPCService {
    let methods: [RegisteredMethod]

    init(_ base: any RPCService, observer: any CallObserver) {
        methods = base.methods.map { RegisteredMethod($0.descriptor, Self.measured($0, observer)) }
    }

    private static func measured(_ method: RegisteredMethod, _ observer: any CallObserver) -> RegisteredMethod.Handling {
        switch method.handling {
        case .unary(let handler):
            .unary { payload, context in
                try await measure(method.descriptor, context, observer) { try await handler(payload, $0) }
            }
        case .streaming(let handler):
            .streaming { messages, context in
                try await measure(method.descriptor, context, observer) { try await handler(messages, $0) }
            }
        }
    }

    private static func measure<Value>(
        _ method: MethodDescriptor, _ received: CallContext, _ observer: any CallObserver, _ body: (CallContext) async throws -> Value
    ) async throws -> Value {
        let started = ContinuousClock.now
        // What came over the wire is the caller's span; what this handler causes hangs below its own.
        var context = received
        context.trace = received.trace.child()
        func ended(_ code: StatusCode, _ reason: String) {
            observer.callEnded(
                CallRecord(
                    side: .server, method: method, peer: context.caller, tenant: context.tenant, code: code, reason: reason, trace: context.trace,
                    parentSpanID: received.trace.spanID, started: started, duration: started.duration(to: .now)))
        }
        do {
            let answer = try await RequestContext.$current.withValue(context) { try await body(context) }
            ended(.ok, "")
            return answer
        } catch {
            let failure = error as? RPCError ?? DatabaseFailure.status(of: error)
            ended(failure?.code ?? (error is CancellationError ? .cancelled : .internal), failure?.reason ?? "")
            throw failure ?? error
        }
    }
}
