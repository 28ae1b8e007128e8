import FoundationEssentials
import Identity
import Postgres
import RPC
import TestKit
import Testing
import Wire
import WireRuntime

@testable import FinOpsService

/// A call that is sent again, because its answer was lost, has one effect; its key is good for this one request only.
@Suite struct RepeatTests {
    private func expectOnce<Answer: Equatable>(
        _ world: World, receipts: Int64, _ call: (CallContext) async throws -> Answer, other: (CallContext) async throws -> Answer
    ) async throws {
        let before = try await world.receipts()
        let first = try await call(world.call("key-1"))
        let again = try await call(world.call("key-1"))
        #expect(first == again)
        #expect(try await world.receipts() - before == receipts)
        let refusal = await #expect(throws: RPCError.self) { _ = try await other(world.call("key-1")) }
        #expect(refusal?.reason == "IDEMPOTENCY_KEY_REUSED")
        #expect(try await world.receipts() - before == receipts)
    }

    @Test func aBudgetIsSetOnce() async throws {
        let world = try await World()
        func put(_ micros: Int64, _ context: CallContext) async throws -> FinOpsV1.PutBudgetResponse {
            let budget = FinOpsV1.Budget(scope: "tenant", limit: CommonV1.Money(micros: micros, currency: "USD"), period: "month")
            return try await world.endpoint.putBudget(FinOpsV1.PutBudgetRequest(budget: budget), context: context)
        }
        try await expectOnce(world, receipts: 1, { try await put(5_000_000, $0) }, other: { try await put(6_000_000, $0) })
        // Somebody else changed it meanwhile: the late repetition does not undo that.
        _ = try await put(7_000_000, world.call("key-2"))
        #expect(try await put(5_000_000, world.call("key-1")).budget?.limit?.micros == 5_000_000)
        let listed = try await world.endpoint.listBudgets(FinOpsV1.ListBudgetsRequest(), context: world.call())
        #expect(listed.budgets.map { $0.limit?.micros } == [7_000_000])
        await world.database.close()
    }

    @Test func aThrottleIsAppliedAndLiftedOnce() async throws {
        let world = try await World()
        func apply(_ percent: UInt32, _ context: CallContext) async throws -> FinOpsV1.ApplyThrottleResponse {
            let throttle = FinOpsV1.Throttle(service: "llm", meter: "tokens", percent: percent)
            return try await world.endpoint.applyThrottle(FinOpsV1.ApplyThrottleRequest(throttle: throttle), context: context)
        }
        try await expectOnce(world, receipts: 1, { try await apply(20, $0) }, other: { try await apply(30, $0) })
        func lift(_ meter: String, _ context: CallContext) async throws -> FinOpsV1.LiftThrottleResponse {
            try await world.endpoint.liftThrottle(FinOpsV1.LiftThrottleRequest(service: "llm", meter: meter), context: context)
        }
        func liftAgain(_ context: CallContext) async throws -> FinOpsV1.LiftThrottleResponse {
            var context = context
            context.idempotencyKey = "lift-1"
            return try await lift("tokens", context)
        }
        let first = try await liftAgain(world.call())
        _ = try await apply(40, world.call("key-3"))
        // The throttle that came after the lift stays: the repetition is answered, not done.
        let again = try await liftAgain(world.call())
        #expect(first.wasApplied && again == first)
        let left = try await world.endpoint.listThrottles(FinOpsV1.ListThrottlesRequest(), context: world.call())
        #expect(left.throttles.map(\.percent) == [40])
        await world.database.close()
    }

    @Test func costsAreIngestedOnce() async throws {
        let world = try await World()
        func ingest(_ micros: Int64, _ context: CallContext) async throws -> FinOpsV1.IngestCostsResponse {
            let points = (0..<3).map { hour in
                FinOpsV1.CostPoint(
                    timeMicros: (1_799_000_000 + Int64(hour) * 3_600) * 1_000_000, cost: CommonV1.Money(micros: micros, currency: "USD"))
            }
            return try await world.endpoint.ingestCosts(
                FinOpsV1.IngestCostsRequest(service: "aws", meter: "compute", points: points), context: context)
        }
        try await expectOnce(world, receipts: 0, { try await ingest(10_000, $0) }, other: { try await ingest(20_000, $0) })
        // Without a key the points' own times tell that they were taken.
        #expect(try await ingest(10_000, world.call()).accepted == 0)
        await world.database.close()
    }

    @Test func whatCannotBeAddedUpOrIsOfNoTimeIsRefused() async throws {
        let world = try await World()
        for (micros, time, field) in [
            (Int64(1), Int64.max, "time_micros"), (1, -1, "time_micros"), (1, .min, "time_micros"), (.max, 0, "cost.micros"),
        ] {
            let event = FinOpsV1.UsageEvent(
                eventID: UUIDv7.make().bytes, meter: "calls", quantity: 1, cost: CommonV1.Money(micros: micros, currency: "USD"), timeMicros: time,
                service: "slack")
            let refusal = await #expect(throws: RPCError.self) {
                try await world.endpoint.recordUsage(FinOpsV1.RecordUsageRequest(events: [event]), context: world.call())
            }
            #expect(refusal?.code == .invalidArgument && refusal?.details["field"] == "events[0].\(field)", "\(micros) \(time)")
            let point = FinOpsV1.CostPoint(timeMicros: time, cost: CommonV1.Money(micros: micros, currency: "USD"))
            await #expect(throws: RPCError.self) {
                try await world.endpoint.ingestCosts(
                    FinOpsV1.IngestCostsRequest(service: "aws", meter: "compute", points: [point]), context: world.call())
            }
        }
        await world.database.close()
    }

    @Test func usageIsCountedOnceByItsOwnId() async throws {
        let world = try await World()
        let run = RunID.make()
        var event = FinOpsV1.UsageEvent(
            eventID: UUIDv7.make().bytes, meter: "calls", quantity: 1, cost: CommonV1.Money(micros: 700, currency: "USD"),
            timeMicros: 1_799_000_000_000_000, runID: run.bytes, step: "a", service: "slack")
        let first = try await world.endpoint.recordUsage(FinOpsV1.RecordUsageRequest(events: [event]), context: world.call())
        let again = try await world.endpoint.recordUsage(FinOpsV1.RecordUsageRequest(events: [event, event]), context: world.call())
        #expect(first.recorded == 1 && again.recorded == 0 && again.repeatedEvents == 2)
        #expect(try await world.receipts() == 1)
        let cost = try await world.endpoint.getRunCost(FinOpsV1.GetRunCostRequest(runID: run.bytes), context: world.call())
        #expect(cost.cost?.total?.micros == 700)
        event.cost = CommonV1.Money(micros: 900, currency: "USD")
        let changed = event
        let refusal = await #expect(throws: RPCError.self) {
            try await world.endpoint.recordUsage(FinOpsV1.RecordUsageRequest(events: [changed]), context: world.call())
        }
        #expect(refusal?.reason == "USAGE_CONFLICT")
        await world.database.close()
    }
}
