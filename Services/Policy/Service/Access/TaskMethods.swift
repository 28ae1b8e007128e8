internal import FoundationEssentials
internal import Identity
internal import JSON
internal import PolicyCore
internal import Postgres
package import RPC
internal import ServiceKit
internal import Trust
package import Wire

extension AccessEndpoint {
    private static let textMax = 2_000
    private static let pageDefault = 50
    private static let pageMax = 200

    /// The same request again finds the task of the first.
    package func submit(_ request: PolicyAccessV1.SubmitRequest, context: CallContext) async throws -> PolicyAccessV1.TaskResponse {
        let tenant = try context.requireTenant()
        let requester = try context.requirePrincipal()
        guard let decision = UUID(bytes: request.decisionID) else { throw Self.notBound("the decision it names is none") }
        try Self.check(request.justification, "justification")
        let (time, key) = (now(), context.idempotencyKey ?? "")
        let asked = try AskedAccess(request.question ?? .init(), context, mayAskForOthers: mayAskForOthers(context))
        let question = try asked.question(context, at: time)
        let digest = try Self.digest(request, question)
        let submission = Submission(decision: decision, question: question, requester: requester, key: key, digest: digest)
        let found: PostgresAccessStore.Found
        do {
            found = try await submit(submission, request, context, at: time, tenant: tenant)
        } catch PostgresError.constraint(let name) where PostgresAccessStore.raceConstraints.contains(name) {
            // The same was submitted meanwhile: now it can be seen.
            found = try await submit(submission, request, context, at: time, tenant: tenant)
        }
        return PolicyAccessV1.TaskResponse(task: wire(found, at: time))
    }

    private struct Submission: Sendable {
        let decision: UUID
        let question: Question
        let requester: String
        /// Of the caller; empty where it sent none.
        let key: String
        let digest: SHA256Digest
    }

    private static func digest(_ request: PolicyAccessV1.SubmitRequest, _ question: Question) throws(RPCError) -> SHA256Digest {
        do throws(InputFault) {
            let content: JSONValue = [
                .string(try DenialBinding(question).digest.hex), .int(request.requestedUntilMicros), .string(request.justification),
            ]
            return SHA256Digest(hashing: content.encoded())
        } catch {
            throw error.refusal
        }
    }

    private func submit(
        _ submission: Submission, _ request: PolicyAccessV1.SubmitRequest, _ context: CallContext, at time: Date, tenant: TenantID
    ) async throws -> PostgresAccessStore.Found {
        let (decision, requester) = (submission.decision, submission.requester)
        return try await policy.parts.pool.withTenant(tenant) { tx -> PostgresAccessStore.Found in
            if let known = try await known(submission, tenant: tenant, in: tx) { return known }
            let denial = try await bound(decision, submission.question, by: requester, context, at: time, tenant: tenant, in: tx)
            let until = request.requestedUntilMicros > 0 ? Date(micros: request.requestedUntilMicros) : nil
            let task = AccessTask(
                subject: denial.subject, requester: requester, needs: denial.needs, expires: time.addingTimeInterval(AccessTask.lifetimeSeconds),
                requestedUntil: until)
            let stored = StoredAccessTask(
                id: UUIDv7.make(), decision: decision, created: time, justification: request.justification, submitKey: submission.key,
                submitDigest: submission.digest, task: task)
            try await store.put(stored, tenant: tenant, in: tx)
            return (stored, denial)
        }
    }

    private func known(
        _ submission: Submission, tenant: TenantID, in tx: PostgresTransaction
    ) async throws -> PostgresAccessStore.Found? {
        if !submission.key.isEmpty,
            let earlier = try await store.submitted(under: submission.key, by: submission.requester, tenant: tenant, in: tx)
        {
            guard earlier.task.submitDigest == submission.digest else {
                throw RPCError(.alreadyExists, reason: "DUPLICATE_REQUEST", message: "another request was submitted under this key")
            }
            return earlier
        }
        guard let earlier = try await store.submitted(submission.decision, by: submission.requester, tenant: tenant, in: tx),
            earlier.task.submitDigest == submission.digest
        else { return nil }
        return earlier
    }

    /// The denial that is asked about, where the request repeats it and comes in time.
    private func bound(
        _ decision: UUID, _ question: Question, by requester: String, _ context: CallContext, at time: Date, tenant: TenantID,
        in tx: PostgresTransaction
    ) async throws -> AccessDenial {
        guard let denial = try await store.denial(decision, tenant: tenant, in: tx) else {
            throw RPCError(
                .invalidArgument, reason: "NOT_REQUESTABLE", message: "the decision does not wait for an approval that could be asked for",
                details: ["field": "denial.evaluation_id", "fix": "send evaluation_id of a denial that came with access_request"])
        }
        guard mayAskForOthers(context) || [denial.asker, denial.subject].contains(requester) else {
            throw Self.notBound("the decision was asked for by somebody else")
        }
        do throws(InputFault) {
            guard try DenialBinding(question, members: denial.binding.members) == denial.binding else {
                throw InputFault(field: "", message: "")
            }
        } catch {
            throw Self.notBound("subject, action, resource or context are not those of the denied evaluation")
        }
        guard time < denial.expires else {
            throw RPCError(.failedPrecondition, reason: "EXPIRED_DENIAL", message: "the denial could be asked about until \(denial.expires)")
        }
        guard try await store.submitted(decision, by: requester, tenant: tenant, in: tx) == nil else {
            throw RPCError(.alreadyExists, reason: "DUPLICATE_REQUEST", message: "an approval was asked for with this denial already")
        }
        return denial
    }

    package func getTask(_ request: PolicyAccessV1.GetTaskRequest, context: CallContext) async throws -> PolicyAccessV1.TaskResponse {
        let tenant = try context.requireTenant()
        let found = try await policy.parts.pool.withTenant(tenant) { try await task(request.taskID, context, tenant: tenant, in: $0) }
        return PolicyAccessV1.TaskResponse(task: try await withInput(wire(found, at: now()), context))
    }

    package func cancelTask(_ request: PolicyAccessV1.CancelTaskRequest, context: CallContext) async throws -> PolicyAccessV1.TaskResponse {
        let tenant = try context.requireTenant()
        let (person, time) = (try context.requirePrincipal(), now())
        let found = try await policy.parts.pool.withTenant(tenant) { tx in
            var found = try await task(request.taskID, context, isHeld: true, tenant: tenant, in: tx)
            do throws(AccessTask.Refusal) {
                try found.task.task.cancel(by: person, isTrusted: mayAskForOthers(context), at: time)
            } catch {
                throw error.asError
            }
            try await store.update(found.task, casting: [], tenant: tenant, in: tx)
            return found
        }
        return PolicyAccessV1.TaskResponse(task: wire(found, at: time))
    }

    package func decideTask(_ request: PolicyAccessV1.DecideTaskRequest, context: CallContext) async throws -> PolicyAccessV1.TaskResponse {
        let tenant = try context.requireTenant()
        try Self.check(request.comment, "comment")
        let (person, time) = (try context.requirePrincipal(), now())
        let found = try await policy.parts.pool.withTenant(tenant) { tx in
            var found = try await task(request.taskID, context, isHeld: true, tenant: tenant, in: tx)
            let votes: [AccessTask.Vote]
            do throws(AccessTask.Refusal) {
                votes = try found.task.task.decide(
                    request.approve, by: person, roles: context.roles, comment: request.comment, at: time, id: TaskID.make)
            } catch {
                throw error.asError
            }
            // Random as a whole, for it is all that stands between a name and a guess.
            if found.task.task.stored == .approved { found.task.approvalID = UUID() }
            try await store.update(found.task, casting: votes, tenant: tenant, in: tx)
            return found
        }
        return PolicyAccessV1.TaskResponse(task: wire(found, at: time))
    }

    package func listTasks(_ request: PolicyAccessV1.ListTasksRequest, context: CallContext) async throws -> PolicyAccessV1.ListTasksResponse {
        let tenant = try context.requireTenant()
        let status = AccessTask.Status(rawValue: request.status)
        guard request.status.isEmpty || status != nil else {
            throw RPCError.invalid("status", "is not known", fix: "use \(AccessTask.Status.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        let before = UUID(bytes: request.cursor)
        guard request.cursor.isEmpty || before != nil else {
            throw RPCError.invalid("cursor", "is no cursor", fix: "send next_cursor of the page before")
        }
        let (time, limit) = (now(), request.limit == 0 ? Self.pageDefault : min(Int(request.limit), Self.pageMax))
        let filter = PostgresAccessStore.Filter(
            status: status, person: mayAskForOthers(context) ? nil : try context.requirePrincipal(), roles: context.roles, before: before, now: time,
            limit: limit + 1)
        let rows = try await policy.parts.pool.withTenant(tenant) { try await store.page(filter, tenant: tenant, in: $0) }
        let page = rows.prefix(limit)
        return PolicyAccessV1.ListTasksResponse(
            tasks: page.map { wire($0, at: time) }, nextCursor: rows.count > limit ? page.last?.task.id.bytes ?? [] : [])
    }

    // MARK: Who sees what

    /// Where it is nobody's business of the caller it is not there.
    private func task(
        _ bytes: [UInt8], _ context: CallContext, isHeld: Bool = false, tenant: TenantID, in tx: PostgresTransaction
    ) async throws -> PostgresAccessStore.Found {
        let unknown = RPCError(.notFound, reason: "UNKNOWN_TASK", message: "there is no such access request")
        let person = try context.requirePrincipal()
        guard let id = UUID(bytes: bytes), let found = try await store.task(id, isHeld: isHeld, tenant: tenant, in: tx) else { throw unknown }
        let isConcerned = [found.task.task.requester, found.denial.subject].contains(person)
        let mayDecide = found.denial.needs.contains { context.roles.contains($0.role) }
        guard isConcerned || mayDecide || mayAskForOthers(context) else { throw unknown }
        return found
    }

    /// What an approver says yes to stands in the decision log, sealed, and nowhere else.
    private func withInput(_ task: PolicyAccessV1.Task, _ context: CallContext) async throws -> PolicyAccessV1.Task {
        var task = task
        let decided = try await policy.getDecision(.init(decisionID: task.decisionID), context: context)
        task.inputJSON = decided.decision?.inputJSON ?? []
        return task
    }

    private func wire(_ found: PostgresAccessStore.Found, at time: Date) -> PolicyAccessV1.Task {
        let (stored, denial) = found
        return PolicyAccessV1.Task(
            taskID: stored.id.bytes, status: stored.task.status(at: time).rawValue, createdMicros: stored.created.micros,
            expiresMicros: stored.task.expires.micros, decisionID: stored.decision.bytes, requester: stored.task.requester,
            subject: PolicyV1.EntityReference(type: denial.subjectType, id: denial.subject), action: denial.action,
            resource: PolicyV1.EntityReference(type: denial.resourceType, id: denial.resource),
            gates: denial.needs.map {
                PolicyV1.Gate(gate: "approval", role: $0.role, ttlSeconds: UInt32(clamping: $0.ttlSeconds), quorum: UInt32(clamping: $0.quorum))
            }, justification: stored.justification,
            votes: stored.task.votes.map {
                PolicyAccessV1.Vote(role: $0.role, approver: $0.approver, approves: $0.approves, comment: $0.comment, timeMicros: $0.time.micros)
            }, approval: stored.approval)
    }

    private static func check(_ text: String, _ field: String) throws(RPCError) {
        guard text.utf8.count <= textMax else { throw .invalid(field, "has more than \(textMax) bytes", fix: "shorten it") }
    }

    private static func notBound(_ why: String) -> RPCError {
        RPCError(
            .invalidArgument, reason: "INVALID_DENIAL_BINDING", message: why,
            details: ["field": "denial", "fix": "repeat the denied evaluation as it was asked, with its evaluation_id"])
    }
}

extension AccessTask.Refusal {
    fileprivate var asError: RPCError {
        switch self {
        case .closed(let status): RPCError(.failedPrecondition, reason: "INVALID_TASK_STATE", message: "it is \(status.rawValue)")
        case .ownRequest: RPCError(.permissionDenied, reason: "SELF_APPROVAL", message: "nobody decides on what they asked for or are given")
        case .notOfARole(let roles):
            RPCError(.permissionDenied, reason: "NOT_AN_APPROVER", message: "it takes the role \(roles.joined(separator: " or "))")
        case .votedAlready: RPCError(.failedPrecondition, reason: "DECIDED_ALREADY", message: "you have decided on it; another person must")
        case .notYours: RPCError(.permissionDenied, reason: "NOT_YOURS", message: "only who asked for it, and for whom, may withdraw it")
        }
    }
}
