internal import RPC

/// Counts and times the calls that a service answers, by method: rate, errors and duration.
struct MeasuredService: RPCService {
    let methods: [RegisteredMethod]

    init(_ base: any RPCService, metrics: MetricsRegistry) {
        methods = base.methods.map { RegisteredMethod($0.descriptor, Self.measured($0, metrics)) }
    }

    private static func measured(_ method: RegisteredMethod, _ metrics: MetricsRegistry) -> RegisteredMethod.Handling {
        switch method.handling {
        case .unary(let handler):
            .unary { payload, context in
                try await measure(method.descriptor, metrics) { try await handler(payload, context) }
            }
        case .streaming(let handler):
            .streaming { messages, context in
                try await measure(method.descriptor, metrics) { try await handler(messages, context) }
            }
        }
    }

    private static func measure<Value>(
        _ method: MethodDescriptor, _ metrics: MetricsRegistry, _ body: () async throws -> Value
    ) async throws -> Value {
        let started = ContinuousClock.now
        do {
            let answer = try await body()
            note(method, .ok, started, metrics)
            return answer
        } catch {
            note(method, code(of: error), started, metrics)
            throw error
        }
    }

    private static func code(of error: any Error) -> StatusCode {
        switch error {
        case let error as RPCError: error.code
        case is CancellationError: .cancelled
        default: .internal
        }
    }

    private static func note(_ method: MethodDescriptor, _ code: StatusCode, _ started: ContinuousClock.Instant, _ metrics: MetricsRegistry) {
        metrics.count(
            "rpc_server_calls_total", help: "Calls answered, by method and status.", labels: [("method", method.name), ("code", code.description)])
        metrics.observe(
            "rpc_server_seconds", help: "Time that handlers took.", started.duration(to: .now), labels: [("method", method.name)])
    }
}
