internal import FlowEngineCore
internal import FoundationEssentials
internal import Identity
internal import JSON
internal import Postgres
package import RPC
internal import ServiceKit
internal import Trust
package import Wire

/// Tasks and approvals.
extension FlowEngineEndpoint {
    private static let states: Set<String> = ["", "open", "approved", "rejected", "completed", "expired", "cancelled"]

    package func listTasks(_ request: FlowV1.ListTasksRequest, context: CallContext) async throws -> FlowV1.ListTasksResponse {
        let tenant = try context.requireTenant()
        guard Self.states.contains(request.state) else {
            throw RPCError.invalid("state", "is \"\(request.state)\"", fix: "use \(Self.states.sorted().dropFirst().joined(separator: ", "))")
        }
        let run = request.runID.isEmpty ? nil : try Self.run(request.runID)
        let page = request.page ?? CommonV1.Page()
        let cursor = try Self.cursor(page)
        let found = try await pool.withTenant(tenant) { tx in
            try await tasks.list(state: request.state, run: run, before: cursor, limit: page.size, tenant: tenant, in: tx)
        }
        let next = found.count == page.size ? found.last.map { ListCursor(time: $0.createdAt, id: $0.request.task.rawValue).bytes } : nil
        return FlowV1.ListTasksResponse(tasks: try found.map { try $0.wire() }, nextCursor: next ?? [])
    }

    package func getTask(_ request: FlowV1.GetTaskRequest, context: CallContext) async throws -> FlowV1.GetTaskResponse {
        let tenant = try context.requireTenant()
        let id = try Self.task(request.taskID)
        guard let task = try await pool.withTenant(tenant, { tx in try await tasks.find(id, tenant: tenant, in: tx) }) else {
            throw RPCError(.notFound, reason: "TASK_NOT_FOUND", message: "there is no such task")
        }
        return FlowV1.GetTaskResponse(task: try task.wire())
    }

    package func decideTask(_ request: FlowV1.DecideTaskRequest, context: CallContext) async throws -> FlowV1.DecideTaskResponse {
        let tenant = try context.requireTenant()
        let principal = try context.requirePrincipal()
        guard let verdict = PersonAnswer.Verdict(rawValue: request.decision) else {
            throw RPCError.invalid("decision", "is \"\(request.decision)\"", fix: "use approve, reject or complete")
        }
        guard request.comment.utf8.count <= 4000 else {
            throw RPCError.invalid("comment", "is longer than 4,000 bytes", fix: "say it in fewer words")
        }
        let answer = PersonAnswer(
            verdict: verdict, by: principal, comment: request.comment,
            answer: request.answerJSON.isEmpty ? .null : try Self.json(request.answerJSON, "answer"))
        let decision = TaskDecisions.Decision(
            task: try Self.task(request.taskID), answer: answer, seenDigest: SHA256Digest(bytes: request.subjectDigest))
        if let earlier: FlowV1.DecideTaskResponse = try await context.answered(FlowV1.Methods.decideTask, request, by: pool) { return earlier }
        try await decisions.decide(decision, principal: principal, roles: context.roles, tenant: tenant) { [tasks] tx, effect in
            _ = try await context.once(FlowV1.Methods.decideTask, request, in: tx) {
                try await effect()
                return try Self.decided(try await tasks.find(decision.task, tenant: tenant, in: tx))
            }
        }
        return try Self.decided(try await pool.withTenant(tenant) { tx in try await tasks.find(decision.task, tenant: tenant, in: tx) })
    }

    private static func decided(_ task: TaskRecord?) throws -> FlowV1.DecideTaskResponse {
        guard let task else { throw TaskDecisions.notFound }
        return FlowV1.DecideTaskResponse(task: try task.wire(), receiptID: (task.receipt ?? task.votes.last?.receipt)?.bytes ?? [])
    }

    private static func task(_ bytes: [UInt8]) throws(RPCError) -> TaskID {
        guard let task = TaskID(bytes: bytes) else { throw .invalid("task_id", "is not a task's id", fix: "send the 16 bytes of the UUID") }
        return task
    }
}

extension TaskRecord {
    func wire() throws -> FlowV1.Task {
        FlowV1.Task(
            taskID: request.task.bytes, kind: request.kind.rawValue, state: state.rawValue, title: request.title, role: request.role,
            runID: run?.bytes ?? [],
            flow: flow, node: node, requestedBy: requestedBy, subjectJSON: try request.subject.canonical(), subjectDigest: request.digest.bytes,
            formJSON: request.form.map { JSONValue.object($0).encoded() } ?? [], reason: explanation, decisionID: request.decision?.bytes ?? [],
            createdMicros: createdAt.micros, dueMicros: dueAt?.micros ?? 0, decidedBy: decidedBy,
            decidedMicros: decidedAt?.micros ?? 0, comment: comment, excluded: request.excluded)
    }
}
