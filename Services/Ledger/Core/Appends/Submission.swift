public import Identity
public import Receipts
public import Trust

/// A receipt whose signature and rules have been checked, ready to be given its place in the log.
public struct Submission: Hashable, Sendable {
    public let tenant: TenantID
    public let statement: ReceiptStatement
    /// The signed bytes as they came.
    public let envelope: [UInt8]
    /// SHA-256 of the DSSE pre-authentication encoding.
    public let digest: SHA256Digest
    /// The entry: RFC 8785 of the leaf commitment.
    public let leaf: [UInt8]
    public let leafHash: SHA256Digest
    public let disclosures: [String]

    public init(
        tenant: TenantID, statement: ReceiptStatement, envelope: [UInt8], digest: SHA256Digest, leaf: [UInt8], disclosures: [String]
    ) {
        self.tenant = tenant
        self.statement = statement
        self.envelope = envelope
        self.digest = digest
        self.leaf = leaf
        leafHash = MerkleHash.leaf(leaf)
        self.disclosures = disclosures
    }

    public var receipt: ReceiptID { statement.id }
}

/// Why a receipt is not taken into a log.
public enum SubmissionError: Error, Hashable, Sendable {
    /// The envelope or its statement breaks a rule: the field and the reason.
    case malformed(field: String, reason: String)
    /// The statement names another receipt, tenant or service than the call.
    case mismatch(field: String, reason: String)
    /// No registered key of the emitter made this signature.
    case badSignature(keyID: String)
}
