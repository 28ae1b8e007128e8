public import Identity
internal import JSON
public import Receipts

/// Verifies what a service hands in before anything is stored: neither the ledger nor a service can speak in another's name.
public struct SubmissionCheck: Sendable {
    private static let disclosureCount = 128
    private static let disclosureByteCount = 16 << 10
    private let anchors: TrustAnchors

    /// - Parameter anchors: The services' registered keys.
    public init(anchors: TrustAnchors) { self.anchors = anchors }

    public func submission(
        envelope bytes: [UInt8], disclosures: [[UInt8]], receipt: ReceiptID, tenant: TenantID, caller: ServiceName
    ) throws(SubmissionError) -> Submission {
        let (envelope, statement) = try parsed(bytes)
        guard statement.id == receipt else { throw .mismatch(field: "receipt_id", reason: "the envelope is of receipt \(statement.id)") }
        guard statement.tenantOrigin == LogOrigin.standard(tenant) else {
            throw .mismatch(field: "envelope", reason: "the receipt is of the log \(statement.tenantOrigin)")
        }
        guard statement.emitter.service == caller else {
            throw .mismatch(field: "envelope", reason: "\(caller) cannot hand in a receipt of \(statement.emitter.service)")
        }
        guard let key = anchors.key(withID: envelope.signature.keyID), key.service == caller, envelope.isSigned(by: key.key) else {
            throw .badSignature(keyID: envelope.signature.keyID)
        }
        return Submission(
            tenant: tenant, statement: statement, envelope: bytes, digest: envelope.digest,
            leaf: LeafCommitment(envelope: envelope, statement: statement).bytes,
            disclosures: try opened(disclosures, of: statement))
    }

    private func parsed(_ bytes: [UInt8]) throws(SubmissionError) -> (Envelope, ReceiptStatement) {
        do throws(ReceiptError) {
            let envelope = try Envelope(parsing: bytes)
            guard envelope.payloadType == DSSE.inTotoPayloadType else {
                throw ReceiptError("payloadType", "must be \(DSSE.inTotoPayloadType)")
            }
            return (envelope, try ReceiptStatement(payload: envelope.payload))
        } catch {
            throw .malformed(field: error.field, reason: error.reason)
        }
    }

    /// Each disclosure must open a digest of the statement, so that nothing can be slipped in beside it.
    private func opened(_ disclosures: [[UInt8]], of statement: ReceiptStatement) throws(SubmissionError) -> [String] {
        guard disclosures.count <= Self.disclosureCount else {
            throw .malformed(field: "disclosures", reason: "at most \(Self.disclosureCount) are accepted")
        }
        let digests = Set(statement.disclosureDigests)
        var texts: [String] = []
        for (index, bytes) in disclosures.enumerated() {
            let field = "disclosures[\(index)]"
            guard bytes.count <= Self.disclosureByteCount else {
                throw .malformed(field: field, reason: "has more than \(Self.disclosureByteCount) bytes")
            }
            guard let disclosure = Disclosure(text: String(decoding: bytes, as: UTF8.self)), digests.contains(disclosure.digest) else {
                throw .mismatch(field: field, reason: "opens no digest of the receipt")
            }
            texts.append(disclosure.text)
        }
        return texts
    }
}
