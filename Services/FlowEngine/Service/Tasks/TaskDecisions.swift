internal import FlowEngineCore
internal import FoundationEssentials
internal import Identity
internal import JSON
internal import Postgres
internal import RPC
internal import ServiceKit
internal import Trust

/// A person's answer to a task, from whatever page it came.
struct TaskDecisions: Sendable {
    struct Decision: Sendable {
        var task: TaskID
        var answer: PersonAnswer
        var seenDigest: SHA256Digest?
    }

    let pool: PostgresPool
    let tasks: PostgresTaskStore
    let advancer: RunAdvancer
    let publisher: FlowPublisher
    let activity = PostgresActivityStore()
    let security: @Sendable (String, TenantID, String, JSONObject) -> Void

    /// Runs what changes something, in its transaction; or leaves it where the call's answer is known already.
    typealias Once = @Sendable (PostgresTransaction, () async throws -> Void) async throws -> Void

    func decide(_ decision: Decision, principal: String, roles: [String], tenant: TenantID, once: @escaping Once) async throws {
        let task = try await find(decision.task, tenant: tenant)
        let judge: @Sendable (TaskRecord) throws -> Void = { task in
            try self.judge(task, decision, principal: principal, roles: roles, tenant: tenant)
        }
        try judge(task)
        if let run = task.run {
            try await pool.withTenant(tenant) { tx in
                try await once(tx) { try await self.decide(decision, run, judge, tenant: tenant, in: tx) }
            }
        } else {
            try await publisher.decided(task, decision.answer, judge: judge, tenant: tenant, once: once)
        }
    }

    private func decide(
        _ decision: Decision, _ id: RunID, _ judge: (TaskRecord) throws -> Void, tenant: TenantID, in tx: PostgresTransaction
    ) async throws {
        // The run first: everything that changes a task of a run holds the run's lock.
        guard let run = try await advancer.runs.lock(id, tenant: tenant, in: tx) else { throw Self.notFound }
        guard let task = try await tasks.find(decision.task, locking: true, tenant: tenant, in: tx) else { throw Self.notFound }
        try judge(task)
        guard run.state.branch(asking: decision.task) != nil else {
            throw RPCError(
                .failedPrecondition, reason: TaskAuthority.Refusal.Reason.closed.rawValue, message: "the run does not wait for this any more")
        }
        if let plan = task.plan {
            try await vote(decision, on: task, by: plan, of: run, tenant: tenant, in: tx)
        } else {
            try await advancer.apply(.personAnswered(task.request, decision.answer), to: run, in: tx)
        }
    }

    private func find(_ id: TaskID, tenant: TenantID) async throws -> TaskRecord {
        guard let task = try await pool.withTenant(tenant, { tx in try await tasks.find(id, tenant: tenant, in: tx) }) else { throw Self.notFound }
        return task
    }

    private func judge(_ task: TaskRecord, _ decision: Decision, principal: String, roles: [String], tenant: TenantID) throws {
        // A timer that has not fired yet must not lend anybody more time.
        if task.state == .open, let due = task.dueAt, due <= advancer.clock.now {
            throw RPCError(.failedPrecondition, reason: TaskAuthority.Refusal.Reason.closed.rawValue, message: "the time for an answer is over")
        }
        do throws(TaskAuthority.Refusal) {
            try TaskAuthority.authorise(decision.answer, seenDigest: decision.seenDigest, on: task.authorityTask, principal: principal, roles: roles)
        } catch {
            if error.reason == .selfApproval || error.reason == .roleRequired || error.reason == .notNamed {
                security(
                    "task.refused", tenant, principal,
                    [
                        "task_id": .string(decision.task.description), "reason": .string(error.reason.rawValue),
                        "verdict": .string(decision.answer.verdict.rawValue),
                    ])
            }
            throw Self.rpc(error)
        }
    }

    static let notFound = RPCError(.notFound, reason: "TASK_NOT_FOUND", message: "there is no such task")

    private static func rpc(_ refusal: TaskAuthority.Refusal) -> RPCError {
        var details: [String: String] = [:]
        if let first = refusal.fields.first { details = ["field": "/answer\(first.pointer)", "fix": "fill in the task's form"] }
        let code: StatusCode =
            switch refusal.reason {
            case .notAPerson, .selfApproval, .roleRequired, .notNamed: .permissionDenied
            case .closed, .subjectChanged, .votedAlready: .failedPrecondition
            case .wrongVerdict, .invalidAnswer: .invalidArgument
            }
        return RPCError(code, reason: refusal.reason.rawValue, message: refusal.message, details: details)
    }
}
