public import Identity
internal import JSON
public import Trust

/// A receipt as its emitter signed it. These bytes are stored and sent again as they are, never signed again.
public struct SignedReceipt: Hashable, Sendable {
    public let id: ReceiptID
    public let tenant: TenantID
    public let kind: ReceiptKind
    /// The DSSE envelope, JSON.
    public let envelope: [UInt8]
    /// SHA-256 of the pre-authentication encoding: the digest by which other receipts name this one.
    public let paeDigest: SHA256Digest
    /// What opens the salted digests, base64url text each (RFC 9901). They go to the ledger beside the envelope, not in it.
    public let disclosures: [[UInt8]]

    public init(id: ReceiptID, tenant: TenantID, kind: ReceiptKind, envelope: [UInt8], paeDigest: SHA256Digest, disclosures: [[UInt8]]) {
        self.id = id
        self.tenant = tenant
        self.kind = kind
        self.envelope = envelope
        self.paeDigest = paeDigest
        self.disclosures = disclosures
    }
}

/// Signs receipts in the name of one service instance.
public struct ReceiptSigner: Sendable {
    public let service: ServiceName
    public let instance: String
    private let key: ES256PrivateKey
    private let randomBytes: @Sendable (Int) -> [UInt8]

    /// - Parameter randomBytes: Salts and decoys; a test passes its own.
    public init(
        service: ServiceName, instance: String, key: ES256PrivateKey,
        randomBytes: @escaping @Sendable (Int) -> [UInt8] = { SecureRandom.bytes($0) }
    ) {
        self.service = service
        self.instance = instance
        self.key = key
        self.randomBytes = randomBytes
    }

    public var publicKey: ES256PublicKey { key.publicKey }

    /// - Throws: ``ReceiptError`` where the draft breaks a rule, ``TrustError`` where the key does not sign.
    public func sign(_ draft: ReceiptDraft) throws -> SignedReceipt {
        let hidden = try DisclosureSet(hiding: draft.personal, randomBytes: randomBytes)
        let statement = ReceiptStatement(
            id: draft.receiptID, kind: draft.kind, tenantOrigin: draft.tenantOrigin,
            emitter: .init(service: service, instance: instance, position: draft.position), run: draft.run, step: draft.step,
            phase: draft.phase, causes: draft.causes, policyDecision: draft.policyDecision, trace: draft.trace, subject: draft.subject,
            outcome: draft.outcome,
            time: ReceiptTime(draft.time), facts: draft.facts, disclosureDigests: hidden.digests)
        try ReceiptRules.checkNumbers(.object(draft.facts), at: "/predicate/facts")
        // The statement, the predicate and the facts' own object stand around them.
        guard ReceiptRules.depth(of: .object(draft.facts)) + 2 <= ReceiptLimits.depth else {
            throw ReceiptError("/predicate/facts", "is nested deeper than \(ReceiptLimits.depth) levels")
        }
        try ReceiptRules.check(statement)
        let payload = try statement.payload()
        guard payload.count <= ReceiptLimits.payloadByteCount else {
            throw ReceiptError("statement", "has \(payload.count) bytes; at most \(ReceiptLimits.payloadByteCount) are accepted")
        }
        return try sign(payload, draft: draft, disclosures: hidden.disclosures)
    }

    private func sign(_ payload: [UInt8], draft: ReceiptDraft, disclosures: [Disclosure]) throws -> SignedReceipt {
        let type = DSSE.inTotoPayloadType
        let encoding = DSSE.preAuthenticationEncoding(type: type, payload: payload)
        let signature = Envelope.Signature(keyID: key.keyID, bytes: try key.sign(encoding))
        let envelope = Envelope(payloadType: type, payload: payload, signature: signature)
        return SignedReceipt(
            id: draft.receiptID, tenant: draft.tenant, kind: draft.kind, envelope: envelope.json.encoded(),
            paeDigest: SHA256Digest(hashing: encoding), disclosures: disclosures.map { Array($0.text.utf8) })
    }
}
