/// The key that seals other keys, kept outside of databases and their backups: in a file that only one service reads.
public struct KeyEncryptionKey: Sendable {
    private let key: Secret
    /// Tells keys apart without saying anything about them.
    public let id: String

    /// 32 bytes; nil for any other number.
    public init?(_ key: Secret) {
        guard key.exposedBytes.count == AES256GCM.keyByteCount else { return nil }
        self.key = key
        id = String(SHA256Digest(hashing: Array("provable key id\n".utf8) + key.exposedBytes).hex.prefix(16))
    }

    /// From 64 hexadecimal digits; white space around them does not count.
    public init?(hexadecimal content: [UInt8]) {
        guard let bytes = Hexadecimal.decode(String(decoding: content, as: UTF8.self).filter { !$0.isWhitespace }) else { return nil }
        self.init(Secret(bytes))
    }

    public func seal(_ plaintext: [UInt8], aad: [UInt8]) throws(TrustError) -> [UInt8] {
        try AES256GCM.seal(plaintext, key: key, aad: aad)
    }

    public func open(_ sealed: [UInt8], aad: [UInt8]) throws(TrustError) -> [UInt8] {
        try AES256GCM.open(sealed, key: key, aad: aad)
    }
}
