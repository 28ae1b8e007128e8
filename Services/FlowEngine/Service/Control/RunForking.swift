internal import FlowEngineCore
internal import FoundationEssentials
internal import Identity
internal import JSON
internal import Postgres
internal import RPC
internal import ServiceKit
internal import Trust

/// Starts a run in the middle of an earlier one.
struct RunForking: Sendable {
    let engine: FlowEngineEndpoint
    let controls: RunControls

    func fork(
        _ id: RunID, at seq: Int, trigger: JSONValue?, principal: RunPrincipal, reason: String, tenant: TenantID, in tx: PostgresTransaction
    ) async throws -> RunID {
        let advancer = engine.advancer
        guard let earlier = try await advancer.runs.lock(id, tenant: tenant, in: tx) else { throw RunControls.notFound }
        if let trigger, let first = earlier.document.trigger?.node.input?.violations(of: trigger).first {
            throw RPCError(
                .invalidArgument, reason: "INPUT_INVALID", message: "\(first.pointer) \(first.message)",
                details: ["field": "/input\(first.pointer)", "fix": "send what the flow's trigger asks for, or nothing for the same input"])
        }
        let steps = try await advancer.steps.history(of: id, tenant: tenant, in: tx)
        let fork: RunFork
        do throws(RunFork.Refusal) {
            fork = try RunFork(
                of: earlier.state, at: seq, steps: steps, earlier.document, run: .make(), principal: principal, trigger: trigger,
                now: advancer.clock.now)
        } catch {
            throw RPCError(.invalidArgument, reason: "STEP_INVALID", message: error.message, details: ["field": "/seq", "fix": error.fix])
        }
        let facts: JSONObject = ["new_run": .string(fork.state.run.description), "node": .string(fork.node), "seq": .int(Int64(seq))]
        let cause = try await controls.attest("fork", facts, of: earlier.state, by: principal.id, reason: reason, in: tx)
        let (run, _) = try await advancer.begin(fork.state, earlier.document, by: .forked(at: fork.node), dedupKey: nil, causes: [cause], in: tx)
        return run
    }
}
