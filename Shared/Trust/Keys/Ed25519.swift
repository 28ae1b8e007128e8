/// A key that signs Ed25519 (RFC 8032): checkpoints and cosignatures.
public struct Ed25519PrivateKey: Sendable {
    public static let seedByteCount = 32
    private let handle: KeyHandle
    public let seed: Secret
    public let publicKey: Ed25519PublicKey

    public init(seed: Secret) throws(TrustError) {
        guard seed.exposedBytes.count == Self.seedByteCount else { throw .malformed("an Ed25519 seed has 32 bytes") }
        handle = try .ed25519(seed: seed.exposedBytes)
        self.seed = seed
        publicKey = try Ed25519PublicKey(bytes: handle.rawPublicKey)
    }

    public static func generate() throws(TrustError) -> Ed25519PrivateKey {
        try Ed25519PrivateKey(seed: Secret(SecureRandom.bytes(seedByteCount)))
    }

    /// 64 bytes.
    public func sign(_ message: [UInt8]) throws(TrustError) -> [UInt8] { try handle.signature(of: message, hash: nil) }
}

/// A key that verifies Ed25519 (RFC 8032).
public struct Ed25519PublicKey: Sendable {
    public static let byteCount = 32
    public let bytes: [UInt8]
    private let handle: KeyHandle

    public init(bytes: [UInt8]) throws(TrustError) {
        guard bytes.count == Self.byteCount else { throw .malformed("an Ed25519 public key has 32 bytes") }
        handle = try .ed25519(publicKey: bytes)
        self.bytes = bytes
    }

    public func verify(signature: [UInt8], message: [UInt8]) -> Bool { handle.isValid(signature, of: message, hash: nil) }
}

extension Ed25519PublicKey: Hashable {
    public static func == (a: Self, b: Self) -> Bool { a.bytes == b.bytes }
    public func hash(into hasher: inout Hasher) { hasher.combine(bytes) }
}
