internal import COpenSSL

/// AES-256-GCM (NIST SP 800-38D) in the form nonce (12 bytes) ‖ ciphertext ‖ tag (16 bytes).
///
/// The nonce is random: one key must not seal more than 2^32 messages.
public enum AES256GCM {
    public static let keyByteCount = 32
    private static let nonceByteCount = 12
    private static let tagByteCount = 16

    public static func seal(_ plaintext: [UInt8], key: Secret, aad: [UInt8] = []) throws(TrustError) -> [UInt8] {
        let nonce = SecureRandom.bytes(nonceByteCount)
        let cipher = try CipherContext.make(key: key.exposedBytes, nonce: nonce, isEncrypting: true)
        try cipher.authenticate(aad)
        let ciphertext = try cipher.update(plaintext)
        try cipher.finish()
        return nonce + ciphertext + (try cipher.tag(count: tagByteCount))
    }

    /// - Throws: ``TrustError/notAuthentic`` where key, additional data or bytes are not those of ``seal(_:key:aad:)``.
    public static func open(_ sealed: [UInt8], key: Secret, aad: [UInt8] = []) throws(TrustError) -> [UInt8] {
        guard sealed.count >= nonceByteCount + tagByteCount else { throw .notAuthentic }
        let nonce = Array(sealed.prefix(nonceByteCount))
        let cipher = try CipherContext.make(key: key.exposedBytes, nonce: nonce, isEncrypting: false)
        try cipher.authenticate(aad)
        let plaintext = try cipher.update(Array(sealed.dropFirst(nonceByteCount).dropLast(tagByteCount)))
        try cipher.expect(tag: Array(sealed.suffix(tagByteCount)))
        do { try cipher.finish() } catch { throw .notAuthentic }
        return plaintext
    }
}
