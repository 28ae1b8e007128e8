internal import COpenSSL

extension KeyHandle {
    /// `hash` is nil for Ed25519, which hashes by itself.
    func signature(of message: [UInt8], hash: OpaquePointer?) throws(TrustError) -> [UInt8] {
        guard let context = EVP_MD_CTX_new() else { throw OpenSSLFailure.take("a signing context") }
        defer { EVP_MD_CTX_free(context) }
        try OpenSSLFailure.check(EVP_DigestSignInit(context, nil, hash, nil, pointer), "signing")
        var count = Int(EVP_PKEY_get_size(pointer))
        var signature = [UInt8](repeating: 0, count: count)
        try OpenSSLFailure.check(EVP_DigestSign(context, &signature, &count, message, message.count), "signing")
        return Array(signature.prefix(count))
    }

    func isValid(_ signature: [UInt8], of message: [UInt8], hash: OpaquePointer?) -> Bool {
        guard let context = EVP_MD_CTX_new() else { return false }
        defer { EVP_MD_CTX_free(context) }
        guard EVP_DigestVerifyInit(context, nil, hash, nil, pointer) == 1 else { return failed() }
        return EVP_DigestVerify(context, signature, signature.count, message, message.count) == 1 || failed()
    }

    /// For a signature over a digest whose message is gone.
    func isValid(_ signature: [UInt8], ofDigest digest: SHA256Digest) -> Bool {
        guard let context = EVP_PKEY_CTX_new_from_pkey(nil, pointer, nil) else { return failed() }
        defer { EVP_PKEY_CTX_free(context) }
        guard EVP_PKEY_verify_init(context) == 1 else { return failed() }
        return EVP_PKEY_verify(context, signature, signature.count, digest.bytes, SHA256Digest.byteCount) == 1 || failed()
    }

    private func failed() -> Bool {
        ERR_clear_error()
        return false
    }
}
