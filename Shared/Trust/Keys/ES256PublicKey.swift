/// A key that verifies ECDSA on P-256 with SHA-256.
public struct ES256PublicKey: Sendable {
    let handle: KeyHandle
    /// Hexadecimal SHA-256 of the SubjectPublicKeyInfo in DER.
    public let keyID: String

    init(checked handle: KeyHandle) {
        self.handle = handle
        keyID = SHA256Digest(hashing: handle.publicKeyInfo).hex
    }

    public init(pem: String) throws(TrustError) {
        let handle = try KeyHandle.publicKey(pem: pem)
        guard handle.isP256 else { throw .malformed("the key is not on the curve P-256") }
        self.init(checked: handle)
    }

    public func pem() throws(TrustError) -> String { try handle.publicPEM() }

    /// SubjectPublicKeyInfo (RFC 5280) in DER.
    public var subjectPublicKeyInfo: [UInt8] { handle.publicKeyInfo }

    /// Whether `signature` (DER) is this key's over `message`.
    public func verify(signature: [UInt8], message: [UInt8]) -> Bool {
        handle.isValid(signature, of: message, hash: SHA256Algorithm.shared.algorithm)
    }

    /// Whether `signature` (DER) is this key's over a message with this digest: what remains checkable after the message was erased.
    public func verify(signature: [UInt8], digest: SHA256Digest) -> Bool { handle.isValid(signature, ofDigest: digest) }
}

extension ES256PublicKey: Hashable {
    public static func == (a: Self, b: Self) -> Bool { a.keyID == b.keyID }
    public func hash(into hasher: inout Hasher) { hasher.combine(keyID) }
}
