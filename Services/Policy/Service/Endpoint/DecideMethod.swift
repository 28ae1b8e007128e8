internal import FoundationEssentials
internal import Identity
internal import PolicyCore
internal import Postgres
package import RPC
internal import Receipts
internal import ServiceKit
internal import Trust
package import Wire

extension PolicyEndpoint {
    package func decide(_ request: PolicyV1.DecideRequest, context: CallContext) async throws -> PolicyV1.DecideResponse {
        let tenant = try context.requireTenant()
        let asked = try AskedDecision(request, context, at: now())
        do {
            return try await decide(asked, tenant: tenant)
        } catch PostgresError.constraint(let name) where PostgresDecisionStore.raceConstraints.contains(name) {
            // The same request, or another one with the same approval, was answered meanwhile: now it can be seen.
            return try await decide(asked, tenant: tenant)
        }
    }

    /// The decision, its receipt and the use of its approvals stand together or not at all.
    private func decide(_ asked: AskedDecision, tenant: TenantID) async throws -> PolicyV1.DecideResponse {
        try await pool.withTenant(tenant) { transaction in
            let known = try await known(asked, tenant: tenant, in: transaction)
            if let earlier = known.earlier {
                guard earlier.requestDigest == asked.digest else {
                    throw RPCError(.alreadyExists, reason: "REQUEST_ID_REUSED", message: "another request was decided under this request_id")
                }
                return PolicyV1.DecideResponse(decision: earlier.wire)
            }
            var asked = asked
            asked.question.grants.removeAll { known.usedTasks.contains($0.task) }
            let bundle = try await compiled(known.bundle, tenant: tenant, in: transaction)
            let judgement = try judge(asked.question, bundle)
            var decision = DecisionRecord(asked, judgement, bundle: bundle.digest, id: UUIDv7.make())
            let receipt = try await receipts.record(decision.receiptDraft(tenant: tenant, causes: asked.causes), in: transaction)
            decision.receiptDigest = receipt.paeDigest
            // An approval is used up by the decision that lets the action pass, not by one that asks for a further approval.
            let used = judgement.verdict <= .redact ? Set(judgement.usedGrants.map(\.task)) : []
            try await decisions.append(decision, using: Array(used), tenant: tenant, in: transaction)
            return PolicyV1.DecideResponse(decision: decision.wire)
        }
    }

    private struct Known {
        var earlier: DecisionRecord?
        var bundle: SHA256Digest?
        var usedTasks: Set<TaskID>
    }

    private func known(_ asked: AskedDecision, tenant: TenantID, in transaction: PostgresTransaction) async throws -> Known {
        let tasks = asked.question.grants.map(\.task.rawValue)
        let key = PostgresValue.uuid(tenant.rawValue)
        let results = try await transaction.pipeline([
            (PostgresDecisionStore.byRequest, [key, .bytes(asked.requestID)]),
            (PostgresBundleStore.activeDigest, [key]),
            (PostgresDecisionStore.usedGrants, [key, .uuidArray(tasks)]),
        ])
        return Known(
            earlier: try results[0].first.map(decisions.record), bundle: try results[1].first.flatMap { SHA256Digest(bytes: try $0.bytes("digest")) },
            usedTasks: Set(try results[2].map { TaskID(rawValue: try $0.uuid("task_id")) }))
    }

    /// A tenant without a bundle has no policy that permits anything.
    private func compiled(_ digest: SHA256Digest?, tenant: TenantID, in transaction: PostgresTransaction) async throws -> CompiledBundle {
        guard let digest else { return .empty }
        if let bundle = cache[digest] { return bundle }
        guard let stored = try await bundles.bundle(digest, tenant: tenant, in: transaction) else {
            throw PostgresError.unreadableColumn("digest", reason: "the active bundle is not stored")
        }
        let bundle = try CompiledBundle.compile(stored)
        cache.insert(bundle)
        return bundle
    }

    private func judge(_ question: Question, _ bundle: CompiledBundle) throws(RPCError) -> Judgement {
        do throws(InputFault) {
            return try Judge(bundle: bundle).judge(question)
        } catch {
            throw .invalid(error.field, error.message, fix: "send what Cedar and canonical JSON can carry")
        }
    }
}
