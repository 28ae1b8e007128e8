public import Trust

/// Dead Simple Signing Envelope 1.0.2: which bytes are signed.
public enum DSSE {
    public static let inTotoPayloadType = "application/vnd.in-toto+json"

    /// The pre-authentication encoding: type and payload with their lengths, so that neither can lend bytes to the other.
    public static func preAuthenticationEncoding(type: String, payload: [UInt8]) -> [UInt8] {
        Array("DSSEv1 \(type.utf8.count) \(type) \(payload.count) ".utf8) + payload
    }
}

/// A payload with its signatures (DSSE 1.0.2).
///
/// Verifiers differ in what they take where the specification is loose, so the narrow form is demanded: exactly one signature,
/// with a key id, base64 in the standard alphabet.
public struct Envelope: Hashable, Sendable {
    public struct Signature: Hashable, Sendable {
        public let keyID: String
        public let bytes: [UInt8]

        public init(keyID: String, bytes: [UInt8]) {
            self.keyID = keyID
            self.bytes = bytes
        }
    }

    public let payloadType: String
    public let payload: [UInt8]
    public let signature: Signature

    public init(payloadType: String, payload: [UInt8], signature: Signature) {
        self.payloadType = payloadType
        self.payload = payload
        self.signature = signature
    }

    public var preAuthenticationEncoding: [UInt8] { DSSE.preAuthenticationEncoding(type: payloadType, payload: payload) }

    /// SHA-256 of the pre-authentication encoding: what the signature is over, and the receipt's digest.
    public var digest: SHA256Digest { SHA256Digest(hashing: preAuthenticationEncoding) }

    public func isSigned(by key: ES256PublicKey) -> Bool {
        key.keyID == signature.keyID && key.verify(signature: signature.bytes, digest: digest)
    }
}
