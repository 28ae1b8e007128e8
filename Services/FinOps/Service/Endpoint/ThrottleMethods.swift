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
    package func applyThrottle(_ request: FinOpsV1.ApplyThrottleRequest, context: CallContext) async throws -> FinOpsV1.ApplyThrottleResponse {
        let tenant = try context.requireTenant()
        let wire = request.throttle ?? FinOpsV1.Throttle()
        try Self.checkNames(service: wire.service, meter: wire.meter)
        guard wire.percent <= 100 else { throw RPCError.invalid("percent", "is \(wire.percent)", fix: "use 0 to 100: what is let through") }
        let throttle = Throttle(
            service: wire.service, meter: wire.meter, percent: Int64(wire.percent), run: try optionalRun(wire.runID), since: now())
        return try await pool.withTenant(tenant) { transaction in
            try await context.once(FinOpsV1.Methods.applyThrottle, request, in: transaction) {
                try await throttles.apply(throttle, tenant: tenant, in: transaction)
                _ = try await receipts.record(try Self.receipt(throttle, outcome: "throttle-applied", tenant: tenant), in: transaction)
                return FinOpsV1.ApplyThrottleResponse(throttle: throttle.wire)
            }
        }
    }

    package func liftThrottle(_ request: FinOpsV1.LiftThrottleRequest, context: CallContext) async throws -> FinOpsV1.LiftThrottleResponse {
        let tenant = try context.requireTenant()
        try Self.checkNames(service: request.service, meter: request.meter)
        let lifted = Throttle(
            service: request.service, meter: request.meter, percent: 100, run: try optionalRun(request.runID), since: now())
        return try await pool.withTenant(tenant) { transaction in
            try await context.once(FinOpsV1.Methods.liftThrottle, request, in: transaction) {
                let wasApplied = try await throttles.lift(service: request.service, meter: request.meter, tenant: tenant, in: transaction)
                if wasApplied {
                    _ = try await receipts.record(try Self.receipt(lifted, outcome: "throttle-lifted", tenant: tenant), in: transaction)
                }
                return FinOpsV1.LiftThrottleResponse(wasApplied: wasApplied)
            }
        }
    }

    package func listThrottles(_ request: FinOpsV1.ListThrottlesRequest, context: CallContext) async throws -> FinOpsV1.ListThrottlesResponse {
        let tenant = try context.requireTenant()
        return try await pool.withTenant(tenant) { transaction in
            FinOpsV1.ListThrottlesResponse(throttles: try await throttles.all(tenant: tenant, in: transaction).map(\.wire))
        }
    }

    private static func checkNames(service: String, meter: String) throws {
        for (field, name) in [("service", service), ("meter", meter)] where !UsageEvent.isName(name) {
            throw RPCError.invalid(field, "is not a name", fix: "1 to 64 of a-z, 0-9, '.', '-'")
        }
    }

    private static func receipt(_ throttle: Throttle, outcome: String, tenant: TenantID) throws -> ReceiptDraft {
        let facts: JSONObject = [
            "meter": .string(throttle.meter), "percent": .int(throttle.percent), "service": .string(throttle.service),
            "run": throttle.run.map { .string($0.description) } ?? .null,
        ]
        return ReceiptDraft(
            kind: .budget, tenant: tenant, phase: .single,
            subject: [
                ReceiptSubject("throttle:\(throttle.service)/\(throttle.meter)", SHA256Digest(hashing: try JSONValue.object(facts).canonical()))
            ],
            outcome: outcome, facts: facts, time: throttle.since)
    }
}

extension Throttle {
    var wire: FinOpsV1.Throttle {
        FinOpsV1.Throttle(service: service, meter: meter, percent: UInt32(percent), runID: run?.bytes ?? [], sinceMicros: since.micros)
    }
}
