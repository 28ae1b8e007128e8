internal import Identity
internal import LedgerCore
internal import Postgres
internal import Receipts
internal import Trust

/// Holds one stored entry against its own bytes: every column follows from the signed envelope.
struct EntryAudit: Sendable {
    let tenant: TenantID
    let keys: TrustAnchors
    let keyring: LogKeyring

    static let columns = """
        SELECT e.index, e.receipt_id, e.kind, e.phase, e.emitter, e.run_id, e.step, e.outcome, e.time_micros, e.digest, e.leaf, e.leaf_hash,
               v.envelope, d.sealed
        FROM entry e
        LEFT JOIN envelope v ON v.tenant_id = e.tenant_id AND v.receipt_id = e.receipt_id
        LEFT JOIN disclosure d ON d.tenant_id = e.tenant_id AND d.receipt_id = e.receipt_id
        WHERE e.tenant_id = $1 AND e.index >= $2 ORDER BY e.index LIMIT $3
        """

    func check(_ row: PostgresRow, leafHash: SHA256Digest, _ report: inout AuditReport) throws {
        let index = try row.int("index")
        let fault = { (what: String) in "index \(index): \(what)" }
        if try row.digest("leaf_hash") != leafHash { report.add(fault("the leaf hash is not the leaf's")) }
        guard let leaf = LeafCommitment(bytes: try row.bytes("leaf")) else { return report.add(fault("the leaf is no commitment")) }
        guard let key = keys.key(withID: leaf.signature.keyID) else {
            return report.add(fault("signed with key \(leaf.signature.keyID), which is not known"))
        }
        if !leaf.isSigned(by: key.key) { report.add(fault("the signature over the digest does not hold")) }
        if try leaf.receiptID.rawValue != row.uuid("receipt_id") || leaf.kind.name != row.text("kind") || leaf.digest != row.digest("digest") {
            report.add(fault("the receipt's id, kind or digest is not the leaf's"))
        }
        guard let envelope = try row.optionalBytes("envelope") else { return }
        report.envelopes += 1
        if let problem = try problem(in: envelope, leaf, row) { report.add(fault(problem)) }
    }

    private func problem(in bytes: [UInt8], _ leaf: LeafCommitment, _ row: PostgresRow) throws -> String? {
        let statement: ReceiptStatement
        do {
            let envelope = try Envelope(parsing: bytes)
            statement = try ReceiptStatement(payload: envelope.payload)
            guard LeafCommitment(envelope: envelope, statement: statement) == leaf else { return "the envelope is not what the leaf commits to" }
        } catch {
            return "the envelope is no receipt: \(error)"
        }
        let agrees =
            try statement.tenantOrigin == LogOrigin.standard(tenant) && statement.phase.rawValue == row.text("phase")
            && statement.emitter.service.rawValue == row.text("emitter") && statement.run?.rawValue == row.optionalUUID("run_id")
            && (statement.step ?? "") == row.text("step") && statement.outcome == row.text("outcome")
            && statement.time.micros == row.int("time_micros")
        guard agrees else { return "a column is not what the envelope says" }
        guard let sealed = try row.optionalBytes("sealed") else { return nil }
        guard let texts = try? keyring.open(sealed, tenant: tenant, receipt: statement.id) else { return "the disclosures cannot be opened" }
        let committed = Set(statement.disclosureDigests)
        let areOpened = texts.allSatisfy { text in Disclosure(text: text).map { committed.contains($0.digest) } ?? false }
        return areOpened ? nil : "a disclosure opens none of the signed digests"
    }
}
