internal import FlowEngineCore
internal import FoundationEssentials
internal import Identity
internal import JSON
internal import Postgres
internal import ServiceKit
internal import Trust

/// Starts a run, once per key.
struct RunStarter: Sendable {
    let advancer: RunAdvancer

    func start(
        _ record: FlowRecord, trigger: JSONValue, principal: RunPrincipal, dedupKey: String?, causes: [SHA256Digest] = [], tenant: TenantID,
        in tx: PostgresTransaction
    ) async throws -> (run: RunID, isFresh: Bool) {
        let document = try advancer.runs.documents.document(record.version, source: record.document)
        let now = advancer.clock.now
        let state = RunState(
            tenant: tenant, run: .make(), flow: record.flow, version: record.version, principal: principal, trigger: trigger, startedAt: now,
            node: document.trigger?.id ?? "")
        let (run, isFresh) = try await advancer.runs.insert(state, dedupKey: dedupKey, in: tx)
        guard isFresh else { return (run, false) }
        try await advancer.meter(.run(state), at: now, in: tx)
        let locked = LockedRun(state: state, document: document, fence: 0, attempts: 0, trace: nil)
        try await advancer.apply(.started, to: locked, evidence: RunEvidence(causes: causes), in: tx)
        return (run, true)
    }
}
