internal import FoundationEssentials
internal import Identity
internal import JSON
internal import PolicyCore
internal import Postgres
internal import Trust

/// The decision log. Its ids are time-ordered, so that pages go from the newest to the oldest by id.
struct PostgresDecisionStore: Sendable {
    /// The names that a lost race shows: another transaction answered the request, or used the approval.
    static let raceConstraints: Set<String> = ["decision_request", "grant_use_once"]

    private static let columns = """
        SELECT d.decision_id, d.request_id, d.request_digest, d.context_digest, d.bundle_digest, d.principal_type, d.principal, d.roles, d.action,
               d.resource_type, d.resource, d.verdict, d.reason, d.determining, d.satisfied_permits, d.satisfied_forbids, d.erring, d.gates,
               d.obligations, d.input_identity, d.enforced_identity, d.run_id, d.step, d.receipt_id, d.receipt_digest, d.decided_at,
               d.engine, d.mode, d.session, d.entity_slice_digest, c.context, c.input, c.enforced_input, c.key_month, c.sealed, k.wrapped, k.kek_id
        FROM decision d LEFT JOIN decision_content c ON c.tenant_id = d.tenant_id AND c.decision_id = d.decision_id
             LEFT JOIN context_key k ON k.tenant_id = c.tenant_id AND k.month = c.key_month
        """
    static let byRequests = "\(columns) WHERE d.tenant_id = $1 AND d.request_id = ANY ($2)"
    static let usedGrants = "SELECT task_id FROM grant_use WHERE tenant_id = $1 AND task_id = ANY ($2)"

    let vault: ContextVault

    func decision(_ id: UUID, tenant: TenantID, in transaction: PostgresTransaction) async throws -> DecisionRecord? {
        let rows = try await transaction.query(
            "\(Self.columns) WHERE d.tenant_id = $1 AND d.decision_id = $2", [.uuid(tenant.rawValue), .uuid(id)])
        return try rows.first.map { try record($0, tenant: tenant) }
    }

    struct Filter: Sendable {
        var run: RunID?
        var verdict: Verdict?
        var since: Date?
        var before: UUID?
        var limit: Int
    }

    func page(_ filter: Filter, tenant: TenantID, in transaction: PostgresTransaction) async throws -> [DecisionRecord] {
        let rows = try await transaction.query(
            """
            \(Self.columns) WHERE d.tenant_id = $1 AND ($2::uuid IS NULL OR d.run_id = $2) AND ($3::smallint IS NULL OR d.verdict = $3)
                AND ($4::timestamptz IS NULL OR d.decided_at >= $4) AND ($5::uuid IS NULL OR d.decision_id < $5)
            ORDER BY d.decision_id DESC LIMIT $6
            """,
            [
                .uuid(tenant.rawValue), .optional(filter.run?.rawValue), .optional(filter.verdict.map { Int64($0.rawValue) }),
                .optional(filter.since),
                .optional(filter.before), .int(Int64(filter.limit)),
            ])
        return try rows.map { try record($0, tenant: tenant) }
    }

    /// The decision, what it was about, and the approvals it used up: statements for one flush.
    func appending(_ decision: DecisionRecord, using grants: [TaskID], sealedBy contextKey: ContextKey) throws -> [(String, [PostgresValue])] {
        let key: [PostgresValue] = [.uuid(contextKey.tenant.rawValue), .uuid(decision.id)]
        var statements = [(Self.insert, key + values(of: decision))]
        if let matter = decision.matter {
            let sealed = try contextKey.seal(matter.encoded, of: decision.id)
            statements.append((Self.insertContent, key + [.int(contextKey.month), .bytes(sealed)]))
        }
        return statements + grants.map { (Self.insertUse, key + [.uuid($0.rawValue)]) }
    }

    private static let insertContent =
        "INSERT INTO decision_content (tenant_id, decision_id, key_month, sealed) VALUES ($1, $2, $3, $4)"
    private static let insertUse = "INSERT INTO grant_use (tenant_id, decision_id, task_id) VALUES ($1, $2, $3)"
    private static let insert = """
        INSERT INTO decision (
            tenant_id, decision_id, request_id, request_digest, context_digest, bundle_digest, engine, mode, principal_type, principal, roles, action,
            resource_type, resource, verdict, reason, determining, satisfied_permits, satisfied_forbids, erring, gates, obligations, input_identity,
            enforced_identity, run_id, step, receipt_id, receipt_digest, decided_at, session, entity_slice_digest)
        VALUES ($1, $2, $3, $4, $5, $6, $7, 'enforce', $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26,
            $27, $28,
            $29, $30)
        """

    private func values(of decision: DecisionRecord) -> [PostgresValue] {
        [
            .bytes(decision.requestID), .bytes(decision.requestDigest.bytes), .bytes(decision.contextDigest.bytes),
            .bytes(decision.bundleDigest.bytes),
            .text(DecisionRecord.engine), .text(decision.principalType), .text(decision.principal), .textArray(decision.roles),
            .text(decision.action),
            .text(decision.resourceType), .text(decision.resource), .int(Int64(decision.verdict.rawValue)), .text(decision.reason),
            .textArray(decision.determining), .textArray(decision.satisfiedPermits), .textArray(decision.satisfiedForbids),
            .textArray(decision.erring), .json(JSONValue.array(decision.gates.map(\.json)).encoded()), .json(decision.obligations.encoded()),
            .bytes(decision.inputIdentity.bytes), .bytes(decision.enforcedIdentity.bytes), .optional(decision.run?.rawValue), .text(decision.step),
            .uuid(decision.receiptID), .bytes(decision.receiptDigest.bytes), .timestamp(decision.time), .text(decision.session),
            .optional(decision.entitySliceDigest?.bytes),
        ]
    }

    func record(_ row: PostgresRow, tenant: TenantID) throws -> DecisionRecord {
        guard let verdict = Verdict(rawValue: Int(try row.int("verdict"))) else {
            throw PostgresError.unreadableColumn("verdict", reason: "is not known to this build")
        }
        let gates = try JSONValue(parsing: row.json("gates")).arrayValue ?? []
        let id = try row.uuid("decision_id")
        return DecisionRecord(
            id: id, requestID: try row.bytes("request_id"), requestDigest: try digest(row, "request_digest"),
            contextDigest: try digest(row, "context_digest"),
            entitySliceDigest: try row.optionalBytes("entity_slice_digest").flatMap { SHA256Digest(bytes: $0) },
            bundleDigest: try digest(row, "bundle_digest"),
            principalType: try row.text("principal_type"), principal: try row.text("principal"), roles: try row.textArray("roles"),
            action: try row.text("action"), resourceType: try row.text("resource_type"), resource: try row.text("resource"), verdict: verdict,
            reason: try row.text("reason"), determining: try row.textArray("determining"), satisfiedPermits: try row.textArray("satisfied_permits"),
            satisfiedForbids: try row.textArray("satisfied_forbids"), erring: try row.textArray("erring"),
            gates: gates.map(DecisionRecord.GateRecord.init(json:)), obligations: try JSONValue(parsing: row.json("obligations")),
            inputIdentity: try digest(row, "input_identity"), enforcedIdentity: try digest(row, "enforced_identity"),
            run: try row.optionalUUID("run_id").map(RunID.init(rawValue:)), step: try row.text("step"),
            session: try row.text("session"), receiptID: try row.uuid("receipt_id"),
            receiptDigest: try digest(row, "receipt_digest"), time: try row.timestamp("decided_at"),
            matter: try matter(row, of: id, tenant: tenant), engine: try row.text("engine"), mode: try row.text("mode"))
    }

    /// Nil where it was erased, be it the row or the key.
    func matter(_ row: PostgresRow, of id: UUID, tenant: TenantID) throws -> DecisionMatter? {
        if let sealed = try row.optionalBytes("sealed"), let month = try row.optionalInt("key_month") {
            guard let wrapped = try row.optionalBytes("wrapped"), let owner = try row.optionalText("kek_id") else { return nil }
            let key = try vault.key(wrapped, owner, month: month, tenant: tenant)
            guard let matter = DecisionMatter(decoding: try key.open(sealed, of: id)) else {
                throw PostgresError.unreadableColumn("sealed", reason: "holds no context")
            }
            return matter
        }
        // From before contexts were sealed.
        guard let context = try row.optionalBytes("context"), let input = try row.optionalBytes("input") else { return nil }
        return DecisionMatter(
            context: try JSONValue(parsing: context).objectValue ?? [:], input: try JSONValue(parsing: input),
            enforcedInput: try row.optionalBytes("enforced_input").map { try JSONValue(parsing: $0) }, grants: [])
    }

    private func digest(_ row: PostgresRow, _ column: String) throws -> SHA256Digest {
        guard let digest = SHA256Digest(bytes: try row.bytes(column)) else { throw PostgresError.unreadableColumn(column, reason: "is no SHA-256") }
        return digest
    }
}
