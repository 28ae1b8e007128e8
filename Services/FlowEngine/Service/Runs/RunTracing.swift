internal import FlowEngineCore
internal import FoundationEssentials
internal import Identity
internal import RPC
internal import ServiceKit

/// A run is moved by many hands: a call, a person, a timer, a worker. Each hangs in the trace of what made its move due, which stands in the
/// run's row, because Redis may lose a wake and the sweep has no caller.
struct RunTracing: Sendable {
    let spans: SpanRecorder

    /// - Parameter body: What is done for `run` without a caller of its own.
    func within<T>(_ run: LockedRun, _ name: String, _ body: () async throws -> T) async rethrows -> T {
        let context = CallContext(caller: .flowEngine, tenant: run.state.tenant, trace: run.trace ?? .make())
        return try await spans.within(
            context, name, .consumer,
            [.text("tenant.id", run.state.tenant.description), .text("run.id", run.state.run.description), .text("flow.name", run.state.flow)], body)
    }
}
