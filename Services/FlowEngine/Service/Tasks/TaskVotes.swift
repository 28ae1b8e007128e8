internal import FlowEngineCore
internal import FoundationEssentials
internal import Identity
internal import JSON
internal import Postgres
internal import Receipts
internal import ServiceKit
internal import Trust
internal import Wire

/// One person's part of an approval that several people decide. The run hears of it once, when the plan is decided.
extension TaskDecisions {
    /// Judged already, and under the run's lock and the task's.
    func vote(
        _ decision: Decision, on task: TaskRecord, by plan: ApprovalPlan, of run: LockedRun, tenant: TenantID, in tx: PostgresTransaction
    ) async throws {
        guard case .waiting(let stage) = plan.standing(task.votes, on: task.request.digest) else { return }
        var vote = ApprovalVote(by: decision.answer.by, verdict: decision.answer.verdict, stage: stage, digest: task.request.digest)
        var voted = task
        voted.votes.append(vote)
        let standing = plan.standing(voted.votes, on: task.request.digest)
        let now = advancer.clock.now
        let draft = FlowReceipts.vote(vote, number: voted.votes.count, decision.answer, on: task, tenant: tenant, at: now)
        let receipt = try await publisher.receipts.record(draft, in: tx)
        vote.receipt = receipt.id
        voted.votes[voted.votes.count - 1] = vote
        try await tasks.votes.add(
            vote, number: voted.votes.count, comment: decision.answer.comment, receipt: receipt.id, at: now, task: decision.task, tenant: tenant,
            in: tx)
        if let id = task.run {
            let made = RunReceipt(digest: receipt.paeDigest, id: receipt.id)
            try await advancer.steps.remember([made], seq: task.seq, run: id, tenant: tenant, in: tx)
        }
        guard case .waiting(let next) = standing else {
            try await advancer.apply(.personAnswered(task.request, decision.answer), to: run, in: tx)
            return
        }
        voted.request.role = plan.stages[next].role
        try await tasks.wait(for: voted.request.role, decision.task, tenant: tenant, in: tx)
        try await publisher.outbox.enqueue(
            call: CopilotV1.Methods.putItem, request: CopilotV1.PutItemRequest(item: InboxItem.voted(voted)), id: UUIDv7.make(), tenant: tenant,
            in: tx)
        try await activity.append([(.taskVoted, voted.news)], at: now, tenant: tenant, in: tx)
    }
}

extension TaskRecord {
    /// Why a person is asked; and where several are, who answered and for whom it waits.
    var explanation: String {
        guard let plan else { return request.reason }
        return "\(request.reason): \(plan.progress(votes, on: request.digest))"
    }
}

extension FlowReceipts {
    /// A vote says what one person signed, not what became of the approval.
    static func vote(_ vote: ApprovalVote, number: Int, _ answer: PersonAnswer, on task: TaskRecord, tenant: TenantID, at now: Date)
        -> ReceiptDraft
    {
        var draft = approval(
            task.request, answer, flow: task.flow, version: task.version, tenant: tenant, run: task.run, node: task.node, policy: nil, at: now)
        draft.outcome = vote.verdict == .approve ? "voted-for" : "voted-against"
        draft.facts["stage"] = .int(Int64(vote.stage + 1))
        draft.facts["vote"] = .int(Int64(number))
        return draft
    }
}
