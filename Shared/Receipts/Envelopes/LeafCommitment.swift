public import Identity
internal import JSON
public import Trust

/// The entry of the log for one receipt: it commits to the signed bytes without holding them.
///
/// Payloads stay outside the log, so that one can be erased while every proof stays whole; and because the signature is over
/// the digest that stands here, it can still be verified then.
public struct LeafCommitment: Hashable, Sendable {
    public let kind: ReceiptKind
    public let receiptID: ReceiptID
    public let payloadType: String
    /// SHA-256 of the DSSE pre-authentication encoding.
    public let digest: SHA256Digest
    public let signature: Envelope.Signature

    private static let version: Int64 = 1

    public init(envelope: Envelope, statement: ReceiptStatement) {
        kind = statement.kind
        receiptID = statement.id
        payloadType = envelope.payloadType
        digest = envelope.digest
        signature = envelope.signature
    }

    /// RFC 8785 of the commitment: the entry's bytes.
    public var bytes: [UInt8] {
        let json: JSONValue = [
            "kind": .string(kind.name),
            "pae_sha256": .string(digest.hex),
            "payload_type": .string(payloadType),
            "rid": .string(receiptID.description),
            "signatures": [["keyid": .string(signature.keyID), "sig": .string(Base64.encode(signature.bytes))]],
            "v": .int(Self.version),
        ]
        // Members stand in canonical order and hold strings and one small integer, so encoding cannot fail; the fallback is the same.
        return (try? json.canonical()) ?? json.encoded()
    }

    /// Nil unless the bytes are exactly those of a commitment.
    public init?(bytes: [UInt8]) {
        guard let json = try? JSONValue(parsing: bytes, limits: JSONLimits(size: EntryBundle.maximumEntryByteCount, depth: 4)),
            json["v"] == .int(Self.version), let kind = json["kind"]?.stringValue.flatMap({ ReceiptKind(name: $0) }),
            let receiptID = json["rid"]?.stringValue.flatMap({ ReceiptID($0) }), let type = json["payload_type"]?.stringValue,
            let digest = json["pae_sha256"]?.stringValue.flatMap({ SHA256Digest(hex: $0) }),
            let signature = json["signatures"]?[0], let keyID = signature["keyid"]?.stringValue,
            let signatureBytes = signature["sig"]?.stringValue.flatMap({ Base64.decode($0) })
        else { return nil }
        self.kind = kind
        self.receiptID = receiptID
        payloadType = type
        self.digest = digest
        self.signature = Envelope.Signature(keyID: keyID, bytes: signatureBytes)
        guard self.bytes == bytes else { return nil }
    }

    public func isSigned(by key: ES256PublicKey) -> Bool {
        key.keyID == signature.keyID && key.verify(signature: signature.bytes, digest: digest)
    }
}
