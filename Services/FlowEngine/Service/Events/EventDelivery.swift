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
        for (run, seqs) in waiting {
            var run = run
            for seq in seqs where run.machine.accepts(event.payload, at: seq, in: run.state) {
                let evidence = RunEvidence(causes: event.cause.map { [$0] } ?? [])
                run = try await advancer.apply(.eventArrived(seq: seq, payload: event.payload), to: run, evidence: evidence, in: tx)
            }
        }
        return (started, waiting.map(\.run.state.run))
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

    /// Each run once, with those of its steps that wait for this event.
    private func lockWaiting(_ event: DeliveredEvent, tenant: TenantID, in tx: PostgresTransaction) async throws -> [(run: LockedRun, seqs: [Int])] {
        var locked: [(run: LockedRun, seqs: [Int])] = []
        for waiting in try await events.waiting(for: event.kind, tenant: tenant, in: tx) {
            if locked.last?.run.state.run != waiting.run {
                guard let run = try await advancer.runs.lock(waiting.run, tenant: tenant, in: tx) else { continue }
                locked.append((run, []))
            }
            locked[locked.count - 1].seqs.append(waiting.seq)
        }
        return locked.compactMap { run, seqs in
            let accepting = seqs.filter { run.machine.accepts(event.payload, at: $0, in: run.state) }
            return accepting.isEmpty ? nil : (run, accepting)
        }
    }
}
