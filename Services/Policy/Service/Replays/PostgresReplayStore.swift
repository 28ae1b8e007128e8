internal import Cedar
internal import FoundationEssentials
internal import Identity
internal import JSON
internal import PolicyCore
internal import Postgres
internal import Trust

/// The decision log as a replay reads it: forward, without what decisions were about until that is asked for.
struct PostgresReplayStore: Sendable {
    let vault: ContextVault

    struct Entry: Sendable {
        var decision: LoggedDecision
        var contextDigest: SHA256Digest
        var inputIdentity: SHA256Digest
        var entitySliceDigest: SHA256Digest?

        /// Whether what is stored is what was decided on.
        func isOf(_ content: LoggedDecision.Content, _ bundle: CompiledBundle?) -> Bool {
            guard SHA256Digest(hashing: JSONValue.object(content.context).encoded()) == contextDigest else { return false }
            guard let identity = try? Question.identity(of: content.input), identity == inputIdentity else { return false }
            guard let entitySliceDigest, let bundle else { return false }
            return EntitySlice.digest(decision.question(content), in: bundle) == entitySliceDigest
        }
    }

    func bundles(since: Date, until: Date, tenant: TenantID, in tx: PostgresTransaction) async throws -> [SHA256Digest] {
        try await tx.query(
            "SELECT DISTINCT bundle_digest FROM decision WHERE tenant_id = $1 AND decided_at >= $2 AND decided_at < $3",
            [.uuid(tenant.rawValue), .timestamp(since), .timestamp(until)]
        ).compactMap { SHA256Digest(bytes: try $0.bytes("bundle_digest")) }
    }

    func count(since: Date, until: Date, tenant: TenantID, in tx: PostgresTransaction) async throws -> Int64 {
        try await tx.query(
            "SELECT count(*) AS n FROM decision WHERE tenant_id = $1 AND mode = 'enforce' AND decided_at >= $2 AND decided_at < $3",
            [.uuid(tenant.rawValue), .timestamp(since), .timestamp(until)]
        ).first.map { try $0.int("n") } ?? 0
    }

    /// The oldest first.
    func page(
        since: Date, until: Date, after: UUID?, limit: Int, tenant: TenantID, in tx: PostgresTransaction
    ) async throws -> [Entry] {
        let rows = try await tx.query(
            """
            SELECT decision_id, bundle_digest, engine, session, decided_at, principal_type, principal, roles, action, resource_type, resource,
                verdict,
                satisfied_permits, satisfied_forbids, erring, context_digest, input_identity, entity_slice_digest
            FROM decision WHERE tenant_id = $1 AND mode = 'enforce' AND decided_at >= $2 AND decided_at < $3
                AND ($4::uuid IS NULL OR decision_id > $4)
            ORDER BY decision_id LIMIT $5
            """, [.uuid(tenant.rawValue), .timestamp(since), .timestamp(until), .optional(after), .int(Int64(limit))])
        var entries = try rows.map(entry)
        guard !entries.isEmpty else { return [] }
        let outcomes = try await PostgresOutcomeStore().outcomes(of: entries.map(\.decision.id), tenant: tenant, in: tx)
        for index in entries.indices { entries[index].decision.outcomes = outcomes[entries[index].decision.id] ?? [] }
        return entries
    }

    /// What these decisions were about, as far as it was not erased.
    func matters(_ ids: [UUID], tenant: TenantID, in tx: PostgresTransaction) async throws -> [UUID: DecisionMatter] {
        let store = PostgresDecisionStore(vault: vault)
        let rows = try await tx.query(
            """
            SELECT c.decision_id, c.context, c.input, c.enforced_input, c.key_month, c.sealed, k.wrapped, k.kek_id
            FROM decision_content c LEFT JOIN context_key k ON k.tenant_id = c.tenant_id AND k.month = c.key_month
            WHERE c.tenant_id = $1 AND c.decision_id = ANY ($2)
            """, [.uuid(tenant.rawValue), .uuidArray(ids)])
        var matters: [UUID: DecisionMatter] = [:]
        for row in rows {
            let id = try row.uuid("decision_id")
            matters[id] = try store.matter(row, of: id, tenant: tenant)
        }
        return matters
    }

    private func entry(_ row: PostgresRow) throws -> Entry {
        guard let verdict = Verdict(rawValue: Int(try row.int("verdict"))) else {
            throw PostgresError.unreadableColumn("verdict", reason: "is not known to this build")
        }
        let decision = LoggedDecision(
            id: try row.uuid("decision_id"), bundle: try digest(row, "bundle_digest"), engine: try row.text("engine"),
            session: try row.text("session"),
            time: try row.timestamp("decided_at"), principalType: try row.text("principal_type"), principal: try row.text("principal"),
            roles: try row.textArray("roles"), action: try row.text("action"), resourceType: try row.text("resource_type"),
            resource: try row.text("resource"), verdict: verdict, satisfiedPermits: try row.textArray("satisfied_permits").map { PolicyID($0) },
            satisfiedForbids: try row.textArray("satisfied_forbids").map { PolicyID($0) }, erring: try row.textArray("erring").map { PolicyID($0) })
        return Entry(
            decision: decision, contextDigest: try digest(row, "context_digest"), inputIdentity: try digest(row, "input_identity"),
            entitySliceDigest: try row.optionalBytes("entity_slice_digest").flatMap { SHA256Digest(bytes: $0) })
    }

    private func digest(_ row: PostgresRow, _ column: String) throws -> SHA256Digest {
        guard let digest = SHA256Digest(bytes: try row.bytes(column)) else { throw PostgresError.unreadableColumn(column, reason: "is no SHA-256") }
        return digest
    }
}
