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
        let state = RunState(
            tenant: tenant, run: .make(), flow: record.flow, version: record.version, principal: principal, trigger: trigger,
            startedAt: advancer.clock.now, node: document.trigger?.id ?? "")
        return try await advancer.begin(state, document, dedupKey: dedupKey, causes: causes, in: tx)
    }
}
