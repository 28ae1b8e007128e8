internal import FoundationEssentials
internal import Identity
internal import JSON
internal import PolicyCore
internal import Postgres
package import RPC
internal import Receipts
internal import ServiceKit
internal import SessionRules
internal import Trust
package import Wire

extension GovernanceEndpoint {
    private static let windowDefault: TimeInterval = 7 * 86_400
    private static let examplesMax = 50

    package func replay(_ request: PolicyGovernanceV1.ReplayRequest, context: CallContext) async throws -> PolicyGovernanceV1.ReplayResponse {
        let tenant = try context.requireTenant()
        let principal = try context.requirePrincipal()
        let (draft, problems) = try await draft(request.digest, request.draft, tenant: tenant)
        guard let draft else { return PolicyGovernanceV1.ReplayResponse(problems: problems.map(\.wire)) }
        let until = request.untilMicros > 0 ? Date(micros: request.untilMicros) : parts.now()
        let since = request.sinceMicros > 0 ? Date(micros: request.sinceMicros) : until.addingTimeInterval(-Self.windowDefault)
        guard since < until else { throw RPCError.invalid("since_micros", "is not before the end of the window", fix: "send an earlier time") }
        let examples = request.examples == 0 ? 3 : min(Int(request.examples), Self.examplesMax)
        let id = request.replayID.isEmpty ? nil : try Self.id(request.replayID, "replay_id")
        let runner = ReplayRunner(parts: parts, isFull: request.full, examplesMax: examples, progress: id)
        let report = try await runner.replay(draft, since: since, until: until, tenant: tenant)
        let canonical = try report.json.canonical()
        let digest = SHA256Digest(hashing: canonical)
        let time = parts.now()
        let receipt = try await parts.pool.withTenant(tenant) { tx in
            try await parts.receipts.record(BundleReceipts.replay(report, digest: digest, by: principal, tenant: tenant, at: time), in: tx)
        }
        return PolicyGovernanceV1.ReplayResponse(
            reportJSON: canonical, reportDigest: digest.bytes, receiptID: receipt.id.bytes, envelope: receipt.envelope)
    }

    package func getReplayProgress(
        _ request: PolicyGovernanceV1.GetReplayProgressRequest, context: CallContext
    ) async throws -> PolicyGovernanceV1.GetReplayProgressResponse {
        let tenant = try context.requireTenant()
        let id = try Self.id(request.replayID, "replay_id")
        let progress = try await parts.pool.withTenant(tenant) { tx in
            try await parts.progress.progress(of: id, at: parts.now(), tenant: tenant, in: tx)
        }
        guard let progress else { return PolicyGovernanceV1.GetReplayProgressResponse() }
        return PolicyGovernanceV1.GetReplayProgressResponse(
            running: true, done: UInt64(clamping: progress.done), total: UInt64(clamping: progress.total))
    }

    package func simulate(
        _ request: PolicyGovernanceV1.SimulateRequest, context: CallContext
    ) async throws -> PolicyGovernanceV1.SimulateResponse {
        let tenant = try context.requireTenant()
        guard let asked = request.request else { throw RPCError.invalid("request", "is missing", fix: "send the request to judge") }
        // Whoever may govern policies may ask for anybody; nothing comes of it.
        var unbound = context
        unbound.delegationToken = nil
        var question = try AskedDecision(asked, unbound, at: parts.now())
        let bundle: CompiledBundle?
        var problems: [BundleProblem] = []
        if request.digest.isEmpty, request.draft == nil {
            bundle = try await parts.pool.withTenant(tenant) { tx in
                try await parts.bundle(parts.bundles.pointers(tenant: tenant, in: tx).active, tenant: tenant, in: tx)
            }
        } else {
            (bundle, problems) = try await draft(request.digest, request.draft, tenant: tenant)
        }
        guard let bundle else { return PolicyGovernanceV1.SimulateResponse(problems: problems.map(\.wire)) }
        try await tell(&question, under: bundle, tenant: tenant)
        let judgement: Judgement
        do throws(InputFault) { judgement = try Judge(bundle: bundle).judge(question.question) } catch { throw error.refusal }
        var decision = DecisionRecord(question, judgement, bundle: bundle, id: UUIDv7.make())
        decision.mode = "simulate"
        var answer = decision.wire
        // It is no decision: it has no place in the log and no receipt.
        answer.decisionID = []
        answer.receiptID = []
        answer.receiptDigest = []
        return PolicyGovernanceV1.SimulateResponse(decision: answer)
    }

    /// What the session rules of a bundle say of a request, as its session stands now. Nothing is noted.
    private func tell(_ asked: inout AskedDecision, under bundle: CompiledBundle, tenant: TenantID) async throws {
        guard bundle.hasSessionRules else { return }
        let session = asked.session
        let row =
            session.isEmpty
            ? nil
            : try await parts.pool.withTenant(tenant) { tx in
                try await parts.sessions.peek(session, tenant: tenant, in: tx)
            }
        let state = row == nil ? [] : row?.state.bytes
        do throws(SessionFault) {
            guard let state else { throw SessionFault.unreadableState("its key is gone") }
            var history = try SessionHistory(under: bundle, state: state.isEmpty ? nil : state)
            _ = try history.ask(&asked.question, under: bundle)
        } catch {
            SessionHistory.withhold(from: &asked.question)
        }
    }

    /// A stored bundle, or what a text would be.
    private func draft(
        _ digest: [UInt8], _ content: PolicyGovernanceV1.BundleContent?, tenant: TenantID
    ) async throws -> (CompiledBundle?, [BundleProblem]) {
        guard digest.isEmpty else {
            let digest = try Self.digest(digest, "digest")
            return (
                try await parts.pool.withTenant(tenant) { tx in
                    guard try await parts.bundles.exists(digest, tenant: tenant, in: tx) else { throw Self.missing(digest) }
                    return try await parts.bundle(digest, tenant: tenant, in: tx)
                }, []
            )
        }
        let check = try await publishing.check(AskedBundle(content), tenant: tenant)
        return (check.bundle, check.problems)
    }
}
