internal import FinOpsCore
internal import FoundationEssentials
internal import Identity
internal import JSON
internal import Postgres
package import RPC
internal import Receipts
internal import ServiceKit
internal import Trust
package import Wire

extension FinOpsEndpoint {
    /// Events of one request at the most.
    private static let batchLimit = 1_000

    package func recordUsage(_ request: FinOpsV1.RecordUsageRequest, context: CallContext) async throws -> FinOpsV1.RecordUsageResponse {
        let tenant = try context.requireTenant()
        guard request.events.count <= Self.batchLimit else {
            throw RPCError.invalid("events", "has \(request.events.count) entries", fix: "send at most \(Self.batchLimit) at once")
        }
        let events = try request.events.enumerated().map { index, event in try Self.event(event, index: index) }
        return try await pool.withTenant(tenant) { transaction in
            var fresh: [UsageEvent] = []
            for event in events {
                switch try await usage.record(event, tenant: tenant, in: transaction) {
                case .recorded: fresh.append(event)
                case .repeated: break
                case .conflicting:
                    throw RPCError(
                        .alreadyExists, reason: "USAGE_CONFLICT",
                        message: "event \(event.id.lowercased) was counted before with other content", details: ["event_id": event.id.lowercased])
                }
            }
            if !fresh.isEmpty { _ = try await receipts.record(try Self.meterReceipt(fresh, tenant: tenant, at: now()), in: transaction) }
            return FinOpsV1.RecordUsageResponse(recorded: UInt32(fresh.count), repeatedEvents: UInt32(events.count - fresh.count))
        }
    }

    package func getRunCost(_ request: FinOpsV1.GetRunCostRequest, context: CallContext) async throws -> FinOpsV1.GetRunCostResponse {
        let tenant = try context.requireTenant()
        guard let run = try optionalRun(request.runID) else { throw RPCError.invalid("run_id", "is missing", fix: "name the run") }
        return try await pool.withTenant(tenant) { transaction in
            let events = try await usage.events(ofRun: run, tenant: tenant, in: transaction)
            let currency = events.first?.cost.currency ?? Money.defaultCurrency
            let total = Money(micros: events.reduce(0) { $0 + $1.cost.micros }, currency: currency)
            let budget = try await budgets.budgets(at: now(), tenant: tenant, in: transaction).first { $0.scope == Self.tenantScope }
            return FinOpsV1.GetRunCostResponse(
                cost: FinOpsV1.RunCost(total: total.wire, events: events.map(\.wire)),
                budget: budget.map { Money(micros: $0.account.limit, currency: $0.currency).wire })
        }
    }

    private static func event(_ wire: FinOpsV1.UsageEvent, index: Int) throws -> UsageEvent {
        guard let id = UUID(bytes: wire.eventID) else {
            throw RPCError.invalid("events[\(index)].event_id", "is not an id", fix: "send the 16 bytes of a UUID")
        }
        let event = UsageEvent(
            id: id, meter: wire.meter, quantity: wire.quantity, cost: Money(wire.cost ?? CommonV1.Money()), time: Date(micros: wire.timeMicros),
            run: try optionalRun(wire.runID), step: wire.step, service: wire.service)
        if let problem = event.problem {
            throw RPCError.invalid("events[\(index)].\(problem.field)", problem.message, fix: problem.fix)
        }
        return event
    }

    /// One receipt for what one request added. It stands in the tenant's log, not in a run's set: a run closes before its last meter arrives.
    private static func meterReceipt(_ events: [UsageEvent], tenant: TenantID, at time: Date) throws -> ReceiptDraft {
        let digests = try events.map { SHA256Digest(hashing: try $0.content.canonical()) }
        let facts: JSONObject = [
            "cost_micros": .string(String(events.reduce(0) { $0 + $1.cost.micros })),
            "events": .int(Int64(events.count)),
            "meters": .array(Set(events.map(\.meter)).sorted().map { .string($0) }),
        ]
        return ReceiptDraft(
            kind: .meter, tenant: tenant, phase: .single, subject: zip(events, digests).map { ReceiptSubject("usage:\($0.id.lowercased)", $1) },
            outcome: "recorded", facts: facts, time: time)
    }
}

extension UsageEvent {
    var wire: FinOpsV1.UsageEvent {
        FinOpsV1.UsageEvent(
            eventID: id.bytes, meter: meter, quantity: quantity, cost: cost.wire, timeMicros: time.micros, runID: run?.bytes ?? [], step: step,
            service: service)
    }
}
