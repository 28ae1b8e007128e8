internal import RPC

/// Counts and times the calls that a service answers, by method: rate, errors and duration.
struct MeasuredService: RPCService {
    let methods: [RegisteredMethod]

    init(_ base: any RPCService, metrics: MetricsRegistry) {
        methods = base.methods.map { method in
            RegisteredMethod(method.descriptor) { payload, context in
                let started = ContinuousClock.now
                do {
                    let answer = try await method.handle(payload, context)
                    Self.note(method.descriptor, .ok, started, metrics)
                    return answer
                } catch {
                    Self.note(method.descriptor, Self.code(of: error), started, metrics)
                    throw error
                }
            }
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
