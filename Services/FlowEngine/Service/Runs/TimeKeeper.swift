internal import FlowEngineCore
internal import FoundationEssentials
internal import Identity
internal import JSON
internal import Logging
internal import Postgres
internal import ServiceKit
internal import Trust

/// Fires what is due: timers of runs and schedules of flows.
struct TimeKeeper: Sendable {
    static let tick = Duration.milliseconds(200)
    /// Events that nothing waited for are kept for a week.
    static let retention: TimeInterval = 7 * 86_400
    private static let housekeeping = Duration.seconds(600)

    let pool: PostgresPool
    let claims: RunClaims
    let advancer: RunAdvancer
    let starter: RunStarter
    let publisher: FlowPublisher
    let flows: PostgresFlowStore
    let tracing: RunTracing
    let clock: any WallClock
    let logger: Logger

    func run() async throws {
        var nextCleaning = ContinuousClock.now
        while !Task.isCancelled {
            let fired = try await fireDue()
            if nextCleaning <= .now {
                try await claims.forgetEvents(before: clock.now.addingTimeInterval(-Self.retention))
                nextCleaning = .now + Self.housekeeping
            }
            if fired == 0 { try await Task.sleep(for: Self.tick) }
        }
    }

    /// The number of things that were done. One that fails holds up no other, and is tried again.
    func fireDue() async throws -> Int {
        let now = clock.now
        var done = 0
        for timer in try await claims.dueTimers(at: now) { done += await attempt("timer", timer.tenant) { try await fire(timer, at: now) } }
        for schedule in try await claims.dueSchedules(at: now) {
            done += await attempt("schedule", schedule.tenant) { try await start(schedule.flow, due: schedule.due, at: now, tenant: schedule.tenant) }
        }
        for approval in try await claims.dueApprovals(at: now) {
            done += await attempt("approval", approval.tenant) { try await publisher.expire(approval.task, tenant: approval.tenant) }
        }
        return done
    }

    private func attempt(_ kind: String, _ tenant: TenantID, _ body: () async throws -> Void) async -> Int {
        do {
            try await body()
            return 1
        } catch {
            logger.error("due work failed", metadata: ["kind": "\(kind)", "tenant": "\(tenant)", "error": "\(error)"])
            return 0
        }
    }

    private func fire(_ timer: RunClaims.DueTimer, at now: Date) async throws {
        guard let kind = RunTimer(rawValue: timer.kind) else { return }
        try await pool.withTenant(timer.tenant) { tx in
            guard let run = try await advancer.runs.lock(timer.run, tenant: timer.tenant, in: tx),
                try await advancer.steps.take(kind, seq: timer.seq, run: timer.run, now: now, tenant: timer.tenant, in: tx)
            else { return }
            guard let event = try await advancer.event(of: kind, seq: timer.seq, run.state, in: tx) else { return }
            try await tracing.within(run, "flow_engine.timer") { try await advancer.apply(event, to: run, in: tx) }
        }
    }

    private func start(_ flow: String, due: Date, at now: Date, tenant: TenantID) async throws {
        try await pool.withTenant(tenant) { tx in
            guard let record = try await flows.current(flow, tenant: tenant, in: tx) else { return }
            let document = try advancer.runs.documents.document(record.version, source: record.document)
            guard case .schedule(let every)? = document.trigger?.node.source else { return }
            // Times that were missed while nothing ran are skipped, not made up for.
            let missed = (now.timeIntervalSince(due) / every.seconds).rounded(.down)
            let next = due.addingTimeInterval((missed + 1) * every.seconds)
            guard try await flows.fire(flow, due: due, next: next, tenant: tenant, in: tx) else { return }
            let payload: JSONValue = ["at": .string(Timestamp.text(due))]
            _ = try await starter.start(
                record, trigger: payload, principal: .automation(flow: flow), dedupKey: "schedule|\(flow)|\(due.micros)", tenant: tenant,
                in: tx)
        }
    }
}
