public import FoundationEssentials
public import Identity
internal import JSON
public import Receipts
public import Trust

/// The receipts with which a log says whose signatures it takes: one for each key, before the first receipt that needs it.
public struct KeyRegistration: Sendable {
    /// How far the registering instance has come in this log.
    public struct Position: Hashable, Sendable {
        public let sequence: Int64
        public let previous: SHA256Digest?

        public init(sequence: Int64, previous: SHA256Digest?) {
            self.sequence = sequence
            self.previous = previous
        }

        public static let start = Position(sequence: 0, previous: nil)
    }

    public struct Registered: Sendable {
        public let keyID: String
        public let sequence: Int64
        public let receipt: SignedReceipt
    }

    private let signer: ReceiptSigner

    public init(signer: ReceiptSigner) { self.signer = signer }

    public var instance: String { signer.instance }

    /// Signs a `key/v1` receipt for each key, one after the other in the instance's sequence.
    public func receipts(
        for keys: [TrustAnchors.ServiceKey], tenant: TenantID, after position: Position, at time: Date
    ) throws -> [Registered] {
        var registered: [Registered] = []
        var position = position
        for key in keys {
            guard let subject = SHA256Digest(hex: key.key.keyID) else { throw TrustError.malformed("the key id \(key.key.keyID)") }
            let next = position.sequence + 1
            let draft = ReceiptDraft(
                kind: .key, tenant: tenant, subject: [ReceiptSubject("service-key/\(key.service)", subject)], outcome: "registered",
                facts: [
                    "action": "register", "service": .string(key.service.rawValue), "algorithm": "ES256",
                    "spki": .string(Base64.encode(key.key.subjectPublicKeyInfo)),
                ],
                time: time, position: EmitterPosition(epoch: 0, sequence: next, previous: position.previous))
            let receipt = try signer.sign(draft)
            registered.append(Registered(keyID: key.key.keyID, sequence: next, receipt: receipt))
            position = Position(sequence: next, previous: receipt.paeDigest)
        }
        return registered
    }
}
