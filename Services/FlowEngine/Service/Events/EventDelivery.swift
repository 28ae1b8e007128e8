internal import FlowEngineCore
internal import FoundationEssentials
internal import Identity
internal import JSON
internal import Logging
internal import Postgres
internal import Trust

/// Hands an event to the flows that start on it and the runs that wait for it, in one transaction.
struct EventDelivery: Sendable {
    let flows: PostgresFlowStore
    let events: PostgresEventStore
    let advancer: RunAdvancer
    let starter: RunStarter
    let logger: Logger

    func deliver(_ event: DeliveredEvent, tenant: TenantID, in tx: PostgresTransaction) async throws -> (started: [RunID], woken: [RunID]) {
        let isFresh = try await events.insert(event, tenant: tenant, in: tx)
        let started = try await start(event, tenant: tenant, in: tx)
        return (started, isFresh ? try await wake(event, tenant: tenant, in: tx) : [])
    }

    /// Also for a repeated event: the same keys give the same runs.
    private func start(_ event: DeliveredEvent, tenant: TenantID, in tx: PostgresTransaction) async throws -> [RunID] {
        var started: [RunID] = []
        for record in try await flows.triggered(by: event.kind, tenant: tenant, in: tx) {
            let document = try advancer.runs.documents.document(record.version, source: record.document)
            do throws(ExpressionFailure) {
                guard try document.starts(on: event.payload) else { continue }
            } catch {
                logger.warning("trigger filter has no value", metadata: ["flow": "\(record.flow)", "tenant": "\(tenant)", "error": "\(error)"])
                continue
            }
            let (run, _) = try await starter.start(
                record, trigger: event.payload, principal: .automation(flow: record.flow), dedupKey: "event|\(event.id.lowercased)|\(record.flow)",
                causes: event.cause.map { [$0] } ?? [], tenant: tenant, in: tx)
            started.append(run)
        }
        return started
    }

    private func wake(_ event: DeliveredEvent, tenant: TenantID, in tx: PostgresTransaction) async throws -> [RunID] {
        var woken: [RunID] = []
        for waiting in try await events.waiting(for: event.kind, tenant: tenant, in: tx) {
            guard let run = try await advancer.runs.lock(waiting.run, tenant: tenant, in: tx), run.state.seq == waiting.seq,
                run.machine.accepts(event.payload, in: run.state)
            else { continue }
            try await advancer.apply(
                .eventArrived(seq: waiting.seq, payload: event.payload), to: run, evidence: RunEvidence(causes: event.cause.map { [$0] } ?? []),
                in: tx)
            woken.append(waiting.run)
        }
        return woken
    }
}
