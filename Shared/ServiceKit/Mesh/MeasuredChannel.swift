internal import NIOCore
internal import RPC

/// Counts and times calls to other services, by method.
struct MeasuredChannel: RPCChannel {
    let base: any RPCChannel
    let metrics: MetricsRegistry

    func call(_ method: MethodDescriptor, payload: ByteBuffer, options: CallOptions) async throws(RPCError) -> ByteBuffer {
        let started = ContinuousClock.now
        do {
            let answer = try await base.call(method, payload: payload, options: options)
            note(method, .ok, started)
            return answer
        } catch {
            note(method, error.code, started)
            throw error
        }
    }

    private func note(_ method: MethodDescriptor, _ code: StatusCode, _ started: ContinuousClock.Instant) {
        metrics.count(
            "rpc_client_calls_total", help: "Calls made, by method and status.", labels: [("method", method.name), ("code", code.description)])
        metrics.observe(
            "rpc_client_seconds", help: "Time until the answer of calls made.", started.duration(to: .now), labels: [("method", method.name)])
    }
}
