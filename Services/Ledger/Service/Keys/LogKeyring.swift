internal import FoundationEssentials
internal import Identity
internal import Postgres
internal import Receipts
internal import Synchronization
internal import Trust

/// One Ed25519 key per tenant's log, made when the log begins, at rest only under the key-encryption key.
final class LogKeyring: Sendable {
    private let system: PostgresPool
    private let kek: KeyEncryptionKey
    private let signers = Mutex<[TenantID: NoteSigner]>([:])

    init(system: PostgresPool, kek: KeyEncryptionKey) {
        self.system = system
        self.kek = kek
    }

    func signer(for tenant: TenantID) async throws -> NoteSigner {
        if let known = signers.withLock({ $0[tenant] }) { return known }
        let origin = LogOrigin.standard(tenant)
        let fresh = try Ed25519PrivateKey.generate()
        guard let verifierKey = NoteVerifierKey(name: origin, publicKey: fresh.publicKey) else { throw TrustError.malformed("the origin \(origin)") }
        let sealed = try kek.seal(fresh.seed.exposedBytes, aad: Self.aad(tenant))
        // Whoever comes first makes the key; everybody then reads the one that stands.
        let stored = try await system.withTransaction { transaction in
            try await transaction.execute(
                "INSERT INTO log_key (tenant_id, origin, verifier_key, sealed_seed) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
                [.uuid(tenant.rawValue), .text(origin), .text(verifierKey.text), .bytes(sealed)])
            let rows = try await transaction.query("SELECT sealed_seed FROM log_key WHERE tenant_id = $1", [.uuid(tenant.rawValue)])
            return try rows.first?.bytes("sealed_seed")
        }
        guard let stored else { throw TrustError.malformed("the key of the log \(origin)") }
        let key = try Ed25519PrivateKey(seed: Secret(try kek.open(stored, aad: Self.aad(tenant))))
        guard let signer = NoteSigner(name: origin, key: key) else { throw TrustError.malformed("the origin \(origin)") }
        signers.withLock { $0[tenant] = signer }
        return signer
    }

    /// Seals disclosures so that a copy of the database alone shows nothing of what people typed.
    func seal(_ disclosures: [String], tenant: TenantID, receipt: ReceiptID) throws -> [UInt8] {
        try kek.seal(Array(disclosures.joined(separator: "~").utf8), aad: Self.aad(tenant, receipt))
    }

    func open(_ sealed: [UInt8], tenant: TenantID, receipt: ReceiptID) throws -> [String] {
        let text = String(decoding: try kek.open(sealed, aad: Self.aad(tenant, receipt)), as: UTF8.self)
        return text.split(separator: "~").map(String.init)
    }

    private static func aad(_ tenant: TenantID) -> [UInt8] { Array("log-key|\(tenant)".utf8) }
    private static func aad(_ tenant: TenantID, _ receipt: ReceiptID) -> [UInt8] { Array("disclosure|\(tenant)|\(receipt)".utf8) }
}
