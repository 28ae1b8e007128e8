/// A key that signs ECDSA on P-256 with SHA-256.
public struct ES256PrivateKey: Sendable {
    let handle: KeyHandle
    public let publicKey: ES256PublicKey

    private init(_ handle: KeyHandle) throws(TrustError) {
        guard handle.isP256 else { throw .malformed("the key is not on the curve P-256") }
        self.handle = handle
        publicKey = ES256PublicKey(checked: handle)
    }

    public static func generate() throws(TrustError) -> ES256PrivateKey { try ES256PrivateKey(.generatingP256()) }

    /// PKCS #8 or SEC 1, not encrypted.
    public init(pem: String) throws(TrustError) { try self.init(.privateKey(pem: pem)) }

    public func pem() throws(TrustError) -> Secret { Secret(try handle.privatePEM()) }

    public var keyID: String { publicKey.keyID }

    /// The signature in DER (ECDSA-Sig-Value), as DSSE and X.509 carry it.
    public func sign(_ message: [UInt8]) throws(TrustError) -> [UInt8] {
        try handle.signature(of: message, hash: SHA256Algorithm.shared.algorithm)
    }
}

extension ES256PrivateKey: CustomStringConvertible {
    public var description: String { "<redacted ES256 key \(keyID.prefix(8))>" }
}
