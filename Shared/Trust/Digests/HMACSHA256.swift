internal import COpenSSL

/// HMAC with SHA-256 (RFC 2104), as webhooks carry it.
public enum HMACSHA256 {
    public static func authenticationCode(key: [UInt8], message: [UInt8]) -> [UInt8] {
        var code = [UInt8](repeating: 0, count: SHA256Digest.byteCount)
        var count: CUnsignedInt = 0
        // An empty array may have no address; HMAC takes a null key for "the key that was set before", so it gets a real one.
        let key = key.isEmpty ? [0] : key
        let result = HMAC(SHA256Algorithm.shared.algorithm, key, CInt(key.count), message, message.count, &code, &count)
        precondition(result != nil && count == code.count, "HMAC-SHA-256 has no reason to fail")
        return code
    }

    /// Compares in constant time.
    public static func isValid(_ code: [UInt8], key: [UInt8], message: [UInt8]) -> Bool {
        constantTimeEquals(code, authenticationCode(key: key, message: message))
    }
}

/// Whether the bytes are equal, in a time that depends on their count only.
public func constantTimeEquals(_ a: [UInt8], _ b: [UInt8]) -> Bool {
    guard a.count == b.count else { return false }
    return CRYPTO_memcmp(a, b, a.count) == 0
}
