internal import FoundationEssentials
internal import Identity
internal import PolicyCore
internal import Postgres

/// What happened in sessions, one row each. A row is locked by whoever decides in its session, until that is committed.
struct PostgresSessionStore: Sendable {
    struct Row: Sendable {
        var session: String
        /// What the seal is bound to.
        var id: UUID
        var state: State
    }

    enum State: Sendable {
        /// Of a session that begins.
        case none
        case stored([UInt8])
        /// Its key is gone, or is one of another process.
        case unreadable
    }

    let vault: ContextVault

    /// The rows of sessions, made where there are none. Those who name the same sessions wait for each other, in one order, so that
    /// nobody waits in a circle.
    func lock(_ sessions: [String], tenant: TenantID, in tx: PostgresTransaction) async throws -> [Row] {
        let named = PostgresValue.textArray(sessions.sorted())
        let key = PostgresValue.uuid(tenant.rawValue)
        let results = try await tx.pipeline([
            (
                """
                INSERT INTO session_state (tenant_id, session, state_id)
                SELECT $1, named.session, gen_random_uuid() FROM unnest($2::text[]) AS named (session) ORDER BY named.session
                ON CONFLICT DO NOTHING
                """, [key, named]
            ),
            (Self.locked, [key, named]),
        ])
        return try results[1].map { try row($0, tenant: tenant) }
    }

    /// The row of a session that has begun, locked; nil where there is none.
    func find(_ session: String, tenant: TenantID, in tx: PostgresTransaction) async throws -> Row? {
        try await tx.query(Self.locked, [.uuid(tenant.rawValue), .textArray([session])]).first.map { try row($0, tenant: tenant) }
    }

    /// As it stands; nobody waits.
    func peek(_ session: String, tenant: TenantID, in tx: PostgresTransaction) async throws -> Row? {
        try await tx.query(Self.rows, [.uuid(tenant.rawValue), .textArray([session])]).first.map { try row($0, tenant: tenant) }
    }

    private static let rows = """
        SELECT s.session, s.state_id, s.sealed, s.key_month, k.wrapped, k.kek_id FROM session_state s
        LEFT JOIN context_key k ON k.tenant_id = s.tenant_id AND k.month = s.key_month
        WHERE s.tenant_id = $1 AND s.session = ANY ($2) ORDER BY s.session
        """
    private static let locked = "\(rows) FOR UPDATE OF s"

    private func row(_ row: PostgresRow, tenant: TenantID) throws -> Row {
        let id = try row.uuid("state_id")
        return Row(session: try row.text("session"), id: id, state: try open(row, of: id, tenant: tenant))
    }

    private func open(_ row: PostgresRow, of id: UUID, tenant: TenantID) throws(PostgresError) -> State {
        guard let sealed = try row.optionalBytes("sealed"), let month = try row.optionalInt("key_month") else { return .none }
        guard let wrapped = try row.optionalBytes("wrapped"), let owner = try row.optionalText("kek_id") else { return .unreadable }
        guard let state = try? vault.key(wrapped, owner, month: month, tenant: tenant).open(sealed, of: id) else { return .unreadable }
        return .stored(state)
    }

    /// The statement that stores a state; the row is locked.
    func storing(_ state: [UInt8], of row: Row, sealedBy key: ContextKey, at time: Date, tenant: TenantID) throws -> (String, [PostgresValue]) {
        (
            "UPDATE session_state SET sealed = $3, key_month = $4, version = version + 1, updated_at = $5 WHERE tenant_id = $1 AND session = $2",
            [
                .uuid(tenant.rawValue), .text(row.session), .bytes(try key.seal(state, of: row.id)), .int(key.month), .timestamp(time),
            ]
        )
    }
}
