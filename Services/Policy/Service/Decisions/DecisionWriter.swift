internal import FoundationEssentials
internal import Identity
internal import PolicyCore
internal import Postgres
internal import RPC
internal import Receipts
internal import ServiceKit
internal import Trust

/// Decides and stores: each decision, its receipt and the use of its approvals stand together or not at all.
struct DecisionWriter: Sendable {
    /// A batch that was not committed. Nothing of it stands.
    struct Uncommitted: Error {
        let cause: any Error
    }

    let parts: PolicyParts

    func decideOne(_ asked: AskedDecision, tenant: TenantID) async throws -> DecisionRecord {
        guard let answer = try await store([asked], tenant: tenant).first else { throw Self.unanswered }
        return try answer.get()
    }

    /// One answer each, in their order.
    ///
    /// - Throws: ``Uncommitted`` where the transaction failed, whoever's fault it was.
    func decide(_ batch: [AskedDecision], tenant: TenantID) async throws(Uncommitted) -> [DecisionDesk.Answer] {
        do {
            return try await store(batch, tenant: tenant)
        } catch {
            throw Uncommitted(cause: error)
        }
    }

    private func store(_ batch: [AskedDecision], tenant: TenantID) async throws -> [DecisionDesk.Answer] {
        try await parts.pool.withTenant(tenant) { tx in
            let known = try await known(batch, tenant: tenant, in: tx)
            let bundle = try await parts.bundle(known.pointers.active, tenant: tenant, in: tx)
            let shadow = await shadow(known.pointers.shadow, tenant: tenant, in: tx)
            var answers: [DecisionDesk.Answer] = []
            var fresh: [Fresh] = []
            let new = batch.filter { known.earlier[$0.requestID] == nil }
            var book = try await SessionBook(new.map(\.session), under: bundle, store: parts.sessions, tenant: tenant, in: tx)
            for asked in batch {
                let answer = answer(asked, known, bundle, &book)
                if case .success(.new(let decision, let question, let used)) = answer {
                    fresh.append(
                        Fresh(index: answers.count, causes: asked.causes, trace: asked.trace, question: question, decision: decision, used: used))
                }
                answers.append(answer.map(\.decision))
            }
            guard !fresh.isEmpty else { return answers }
            let drafts = try fresh.map { try $0.decision.receiptDraft(tenant: tenant, causes: $0.causes, trace: $0.trace) }
            let receipts = try await parts.receipts.record(drafts, in: tx)
            let month = ContextKey.month(of: known.time)
            let key =
                if let row = known.key { try parts.vault.key(row, month: month, tenant: tenant) } else {
                    try await parts.vault.make(month: month, tenant: tenant, in: tx)
                }
            var statements: [(String, [PostgresValue])] = []
            for (var one, receipt) in zip(fresh, receipts) {
                one.decision.receiptDigest = receipt.paeDigest
                answers[one.index] = .success(one.decision)
                statements += try parts.decisions.appending(one.decision, using: one.used, sealedBy: key)
                if let shadow {
                    statements.append(parts.shadows.appending(shadow.judge(one.question, one.decision), tenant: tenant))
                }
            }
            statements += try book.storing(sealedBy: key, at: known.time, tenant: tenant)
            try await tx.pipeline(statements)
            return answers
        }
    }

    private struct Fresh {
        let index: Int
        let causes: [SHA256Digest]
        let trace: String
        let question: Question
        var decision: DecisionRecord
        let used: [TaskID]
    }

    // MARK: What is known before

    private struct Known {
        var time: Date
        var earlier: [[UInt8]: DecisionRecord]
        var pointers: PostgresBundleStore.Pointers
        var usedTasks: Set<TaskID>
        var key: PostgresRow?
    }

    private func known(_ batch: [AskedDecision], tenant: TenantID, in tx: PostgresTransaction) async throws -> Known {
        let key = PostgresValue.uuid(tenant.rawValue)
        let time = batch[0].question.time
        let results = try await tx.pipeline([
            (PostgresDecisionStore.byRequests, [key, .bytesArray(batch.map(\.requestID))]),
            (PostgresBundleStore.activeDigest, [key]),
            (PostgresDecisionStore.usedGrants, [key, .uuidArray(batch.flatMap { $0.given.map(\.task.rawValue) })]),
            (ContextVault.find, [key, .int(ContextKey.month(of: time))]),
        ])
        let earlier = try results[0].map { try parts.decisions.record($0, tenant: tenant) }
        return Known(
            time: time, earlier: Dictionary(earlier.map { ($0.requestID, $0) }, uniquingKeysWith: { first, _ in first }),
            pointers: try PostgresBundleStore.Pointers(results[1].first),
            usedTasks: Set(try results[2].map { TaskID(rawValue: try $0.uuid("task_id")) }), key: results[3].first)
    }

    // MARK: The shadow

    private enum Shadow {
        case bundle(CompiledBundle)
        case broken(SHA256Digest, String)

        func judge(_ question: Question, _ decision: DecisionRecord) -> ShadowJudgement {
            switch self {
            case .bundle(let bundle): ShadowJudgement(question, by: bundle, of: decision)
            case .broken(let digest, let reason):
                ShadowJudgement(decision: decision.id, bundle: digest, enforced: decision.verdict, reason: reason, time: decision.time)
            }
        }
    }

    /// What is tried must not keep what is in force from deciding.
    private func shadow(_ digest: SHA256Digest?, tenant: TenantID, in tx: PostgresTransaction) async -> Shadow? {
        guard let digest else { return nil }
        do { return .bundle(try await parts.bundle(digest, tenant: tenant, in: tx)) } catch {
            return .broken(digest, "the bundle in the shadow cannot be used")
        }
    }

    // MARK: One answer

    private enum Answered {
        case earlier(DecisionRecord)
        case new(DecisionRecord, Question, used: [TaskID])

        var decision: DecisionRecord {
            switch self {
            case .earlier(let decision), .new(let decision, _, _): decision
            }
        }
    }

    private func answer(
        _ asked: AskedDecision, _ known: Known, _ bundle: CompiledBundle, _ book: inout SessionBook
    ) -> Result<Answered, any Error> {
        if let earlier = known.earlier[asked.requestID] {
            guard earlier.requestDigest == asked.digest else {
                return .failure(RPCError(.alreadyExists, reason: "REQUEST_ID_REUSED", message: "another request was decided under this request_id"))
            }
            return .success(.earlier(earlier))
        }
        var asked = asked
        asked.question.grants.removeAll { known.usedTasks.contains($0.task) }
        do throws(InputFault) {
            let page = book.ask(&asked.question, in: asked.session)
            let judgement = try Judge(bundle: bundle).judge(asked.question)
            // An approval is used up by the decision that lets the action pass, not by one that asks for a further approval.
            let used = judgement.verdict <= .redact ? Set(judgement.usedGrants.map(\.task)) : []
            let decision = DecisionRecord(asked, judgement, bundle: bundle, id: UUIDv7.make())
            book.conclude(page, judgement.verdict, decision: decision.id)
            return .success(.new(decision, asked.question, used: Array(used)))
        } catch {
            return .failure(error.refusal)
        }
    }

    private static let unanswered = RPCError(.internal, reason: "NO_DECISION", message: "the decision was not made")
}

extension InputFault {
    var refusal: RPCError { .invalid(field, message, fix: "send what Cedar and canonical JSON can carry") }
}
