internal import FoundationEssentials
internal import Identity
internal import PolicyCore
internal import Postgres
package import RPC
internal import ServiceKit
internal import Trust
package import Wire

extension AccessEndpoint {
    private static let questionsMax = 100
    /// Decisions of one request that are made at the same time.
    private static let widthMax = 8
    /// How long after a denial its approval can be asked for.
    private static let requestableSeconds: Double = 15 * 60

    package func evaluate(_ request: PolicyAccessV1.EvaluateRequest, context: CallContext) async throws -> PolicyAccessV1.EvaluateResponse {
        guard (1...Self.questionsMax).contains(request.questions.count) else {
            throw RPCError.invalid("questions", "are none, or more than \(Self.questionsMax)", fix: "send them in several requests")
        }
        switch request.semantic {
        case .executeAll: return PolicyAccessV1.EvaluateResponse(answers: try await all(request.questions, context))
        case .denyOnFirstDeny: return PolicyAccessV1.EvaluateResponse(answers: try await until(request.questions, context) { !$0.isPermitted })
        case .permitOnFirstPermit: return PolicyAccessV1.EvaluateResponse(answers: try await until(request.questions, context) { $0.isPermitted })
        case .unrecognized: throw RPCError.invalid("semantic", "is not known", fix: "send one of the contract")
        }
    }

    private func until(
        _ questions: [PolicyAccessV1.Question], _ context: CallContext, _ isLast: (PolicyAccessV1.Answer) -> Bool
    ) async throws -> [PolicyAccessV1.Answer] {
        var answers: [PolicyAccessV1.Answer] = []
        for question in questions {
            let answer = try await answer(question, context)
            answers.append(answer)
            if isLast(answer) { break }
        }
        return answers
    }

    private func all(_ questions: [PolicyAccessV1.Question], _ context: CallContext) async throws -> [PolicyAccessV1.Answer] {
        try await withThrowingTaskGroup(of: (Int, PolicyAccessV1.Answer).self) { group in
            var answers: [Int: PolicyAccessV1.Answer] = [:]
            var next = 0
            while answers.count < questions.count {
                while next < questions.count, next - answers.count < Self.widthMax {
                    let (index, question) = (next, questions[next])
                    group.addTask { (index, try await answer(question, context)) }
                    next += 1
                }
                guard let (index, answer) = try await group.next() else { break }
                answers[index] = answer
            }
            return questions.indices.compactMap { answers[$0] }
        }
    }

    // MARK: One question

    private func answer(_ question: PolicyAccessV1.Question, _ context: CallContext) async throws -> PolicyAccessV1.Answer {
        let tenant = try context.requireTenant()
        var asked = try AskedAccess(question, context, mayAskForOthers: mayAskForOthers(context))
        let time = now()
        do {
            let binding = try DenialBinding(try asked.question(context, at: time))
            var approval: FoundApproval?
            if let id = asked.approval {
                let found = try await self.approval(id, for: binding, tenant: tenant, at: time)
                asked.request.grants = found.grants
                approval = found
            }
            let decided = try await policy.decide(asked.request, context: AskedAccess.trusted(context))
            guard let decision = decided.decision else {
                throw RPCError(.internal, reason: "NO_DECISION", message: "the decision was not made")
            }
            var answer = PolicyAccessV1.Answer(decision: decision)
            if decision.verdict == .requireApproval || decision.verdict == .redactAndRequireApproval {
                answer.requestableUntilMicros = try await note(decision, asked, binding, context, tenant: tenant)
            }
            if let approval { approval.tell(&answer) }
            return answer
        } catch let fault as InputFault {
            return PolicyAccessV1.Answer(fault: fault.refusal.fault)
        } catch let error as RPCError where error.code == .invalidArgument {
            return PolicyAccessV1.Answer(fault: error.fault)
        }
    }

    /// Keeps what an access request must repeat; returns until when one can be sent.
    private func note(
        _ decision: PolicyV1.Decision, _ asked: AskedAccess, _ binding: DenialBinding, _ context: CallContext, tenant: TenantID
    ) async throws -> Int64 {
        guard let id = UUID(bytes: decision.decisionID), let identity = SHA256Digest(bytes: decision.enforcedIdentity),
            let subject = asked.request.principal, let resource = asked.request.resource
        else { return 0 }
        let expires = Date(micros: decision.timeMicros).addingTimeInterval(Self.requestableSeconds)
        let denial = AccessDenial(
            decision: id, asker: try context.requirePrincipal(), subjectType: subject.type, subject: subject.id, action: asked.request.action,
            resourceType: resource.type, resource: resource.id, binding: binding, identity: identity,
            needs: decision.gates.filter { $0.gate == "approval" }.map {
                AccessTask.Need(role: $0.role, quorum: Int($0.quorum), ttlSeconds: Int($0.ttlSeconds))
            }, expires: expires)
        try await policy.parts.pool.withTenant(tenant) { try await store.put(denial, tenant: tenant, in: $0) }
        return expires.micros
    }

    // MARK: Approvals

    /// An approval counts for the very question that it was given for, and only until it ends.
    private func approval(_ id: UUID, for binding: DenialBinding, tenant: TenantID, at time: Date) async throws -> FoundApproval {
        let found = try await policy.parts.pool.withTenant(tenant) { try await store.approved(id, tenant: tenant, in: $0) }
        guard let (task, denial) = found else { return FoundApproval(problem: "approval_unverifiable") }
        guard denial.binding == binding else { return FoundApproval(problem: "out_of_scope") }
        let grants = task.task.grants(identity: denial.identity, at: time)
        guard !grants.isEmpty else { return FoundApproval(problem: "approval_expired") }
        return FoundApproval(grants: grants.map(\.wire), approval: task.approval)
    }
}

/// The approval that a question named, as far as it counts.
private struct FoundApproval {
    var grants: [PolicyV1.Grant] = []
    var approval: PolicyAccessV1.Approval?
    var problem = ""

    func tell(_ answer: inout PolicyAccessV1.Answer) {
        if answer.isPermitted {
            // A permission that needs no approval any more is not owed to one that does not count.
            answer.approval = approval
        } else if !problem.isEmpty {
            answer.approvalProblem = problem
        } else {
            // It was in order and did not help: it is used up, or another gate or a forbid stands now.
            answer.approvalProblem = answer.requestableUntilMicros > 0 ? "approval_expired" : "policy_denied"
        }
    }
}

extension PolicyAccessV1.Answer {
    var isPermitted: Bool { decision?.verdict == .allow || decision?.verdict == .redact }
}

extension ApprovalGrant {
    fileprivate var wire: PolicyV1.Grant {
        PolicyV1.Grant(
            gate: "approval", role: role, approver: approver, taskID: task.bytes, enforcedIdentity: enforcedIdentity.bytes,
            expiresMicros: expires.micros)
    }
}

extension RPCError {
    fileprivate var fault: PolicyAccessV1.Fault {
        PolicyAccessV1.Fault(reason: reason, field: details["field"] ?? "", message: message, fix: details["fix"] ?? "")
    }
}
