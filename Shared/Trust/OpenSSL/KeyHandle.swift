internal import COpenSSL

/// A private or public key inside OpenSSL.
// SAFETY: the EVP_PKEY is created before this object exists, never changed afterwards, and freed once in deinit. OpenSSL 3 allows
// concurrent signing and verifying with one key: each call makes its own context.
final class KeyHandle: @unchecked Sendable {
    let pointer: OpaquePointer

    private init(_ pointer: OpaquePointer) { self.pointer = pointer }

    deinit { EVP_PKEY_free(pointer) }

    /// Takes over the reference that a creating call returned.
    static func adopting(_ pointer: OpaquePointer?, _ operation: String) throws(TrustError) -> KeyHandle {
        guard let pointer else { throw OpenSSLFailure.take(operation) }
        return KeyHandle(pointer)
    }

    static func generatingP256() throws(TrustError) -> KeyHandle {
        guard let context = EVP_PKEY_CTX_new_from_name(nil, "EC", nil) else { throw OpenSSLFailure.take("an EC context") }
        defer { EVP_PKEY_CTX_free(context) }
        try OpenSSLFailure.check(EVP_PKEY_keygen_init(context), "key generation")
        try OpenSSLFailure.check(EVP_PKEY_CTX_set_group_name(context, "P-256"), "curve P-256")
        var key: OpaquePointer?
        try OpenSSLFailure.check(EVP_PKEY_generate(context, &key), "key generation")
        return try adopting(key, "key generation")
    }

    static func ed25519(seed: [UInt8]) throws(TrustError) -> KeyHandle {
        try adopting(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nil, seed, seed.count), "an Ed25519 private key")
    }

    static func ed25519(publicKey: [UInt8]) throws(TrustError) -> KeyHandle {
        try adopting(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nil, publicKey, publicKey.count), "an Ed25519 public key")
    }

    var rawPublicKey: [UInt8] {
        var key = [UInt8](repeating: 0, count: 32)
        var count = key.count
        let result = EVP_PKEY_get_raw_public_key(pointer, &key, &count)
        precondition(result == 1 && count == 32, "every Ed25519 key has 32 public bytes")
        return key
    }

    var isP256: Bool {
        guard EVP_PKEY_is_a(pointer, "EC") == 1 else { return false }
        var name = [CChar](repeating: 0, count: 32)
        var count = 0
        guard EVP_PKEY_get_group_name(pointer, &name, name.count, &count) == 1 else { return false }
        return name.prefix(count).elementsEqual("prime256v1".utf8.map { CChar(bitPattern: $0) })
    }

    /// SubjectPublicKeyInfo (RFC 5280) in DER.
    var publicKeyInfo: [UInt8] {
        let count = i2d_PUBKEY(pointer, nil)
        precondition(count > 0, "a key that was read can be written")
        var der = [UInt8](repeating: 0, count: Int(count))
        der.withUnsafeMutableBufferPointer { buffer in
            var out = buffer.baseAddress
            _ = i2d_PUBKEY(pointer, &out)
        }
        return der
    }
}
