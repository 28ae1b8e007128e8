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
        // Runs are locked before anything that all runs of a tenant share (its receipts' sequence): two deliveries, or a delivery and a
        // worker, then cannot wait for each other.
        let waiting = isFresh ? try await lockWaiting(event, tenant: tenant, in: tx) : []
        let started = try await start(event, tenant: tenant, in: tx)
        for run in waiting {
            let evidence = RunEvidence(causes: event.cause.map { [$0] } ?? [])
            try await advancer.apply(.eventArrived(seq: run.state.seq, payload: event.payload), to: run, evidence: evidence, in: tx)
        }
        return (started, waiting.map(\.state.run))
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

    private func lockWaiting(_ event: DeliveredEvent, tenant: TenantID, in tx: PostgresTransaction) async throws -> [LockedRun] {
        var locked: [LockedRun] = []
        for waiting in try await events.waiting(for: event.kind, tenant: tenant, in: tx) {
            guard let run = try await advancer.runs.lock(waiting.run, tenant: tenant, in: tx), run.state.seq == waiting.seq,
                run.machine.accepts(event.payload, in: run.state)
            else { continue }
            locked.append(run)
        }
        return locked
    }
}
