internal import FoundationEssentials
internal import Identity
internal import PolicyCore
internal import Postgres
internal import Synchronization
internal import Trust

/// The keys under which contexts are sealed: one per tenant and month, in the database only as wrapped by a key that is not there.
///
/// Unwrapped keys are remembered by what they were unwrapped from, and that is read anew each time: once the row is gone, so is the key.
final class ContextVault: Sendable {
    struct Unusable: Error, CustomStringConvertible {
        let description: String
    }

    static let find = "SELECT wrapped, kek_id FROM context_key WHERE tenant_id = $1 AND month = $2"
    private static let rememberedMax = 4_096

    private let wrappingKey: KeyEncryptionKey
    private let keys = Mutex<[[UInt8]: ContextKey]>([:])

    init(wrappingKey: KeyEncryptionKey) { self.wrappingKey = wrappingKey }

    func key(_ row: PostgresRow, month: Int64, tenant: TenantID) throws -> ContextKey {
        try key(try row.bytes("wrapped"), try row.text("kek_id"), month: month, tenant: tenant)
    }

    func key(_ wrapped: [UInt8], _ owner: String, month: Int64, tenant: TenantID) throws -> ContextKey {
        if let known = keys.withLock({ $0[wrapped] }), known.tenant == tenant, known.month == month { return known }
        guard owner == wrappingKey.id else {
            throw Unusable(description: "the context key \(month) of tenant \(tenant) is wrapped by \(owner), this process holds \(wrappingKey.id)")
        }
        let key = try ContextKey(unwrapping: wrapped, tenant: tenant, month: month, by: wrappingKey)
        keys.withLock { keys in
            if keys.count >= Self.rememberedMax { keys = [:] }
            keys[wrapped] = key
        }
        return key
    }

    /// The month's key; made when a tenant first needs it.
    func make(month: Int64, tenant: TenantID, in tx: PostgresTransaction) async throws -> ContextKey {
        let fresh = ContextKey(tenant: tenant, month: month, key: Secret(SecureRandom.bytes(AES256GCM.keyByteCount)))
        let place: [PostgresValue] = [.uuid(tenant.rawValue), .int(month)]
        let results = try await tx.pipeline([
            (
                "INSERT INTO context_key (tenant_id, month, wrapped, kek_id) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
                place + [.bytes(try fresh.wrapped(by: wrappingKey)), .text(wrappingKey.id)]
            ),
            (Self.find, place),
        ])
        // Another process may have been first: its key counts.
        guard let row = results[1].first else { throw Unusable(description: "the context key \(month) of tenant \(tenant) was not stored") }
        return try key(row, month: month, tenant: tenant)
    }
}
