internal import COpenSSL

/// One AES-256-GCM operation.
struct CipherContext: ~Copyable {
    // SAFETY: created here, reached only through this value (which cannot be copied), freed in deinit.
    private let context: OpaquePointer

    private init(_ context: OpaquePointer) { self.context = context }

    static func make(key: [UInt8], nonce: [UInt8], isEncrypting: Bool) throws(TrustError) -> CipherContext {
        guard key.count == AES256GCM.keyByteCount else { throw .malformed("an AES-256 key has 32 bytes, not \(key.count)") }
        guard let pointer = EVP_CIPHER_CTX_new() else { throw OpenSSLFailure.take("a cipher context") }
        let cipher = CipherContext(pointer)
        // 12 bytes is GCM's own nonce length, so none is set.
        try OpenSSLFailure.check(EVP_CipherInit_ex(pointer, EVP_aes_256_gcm(), nil, key, nonce, isEncrypting ? 1 : 0), "AES-256-GCM")
        return cipher
    }

    deinit { EVP_CIPHER_CTX_free(context) }

    func authenticate(_ data: [UInt8]) throws(TrustError) {
        guard !data.isEmpty else { return }
        var count: CInt = 0
        try OpenSSLFailure.check(EVP_CipherUpdate(context, nil, &count, data, CInt(data.count)), "additional data")
    }

    func update(_ input: [UInt8]) throws(TrustError) -> [UInt8] {
        guard !input.isEmpty else { return [] }
        var output = [UInt8](repeating: 0, count: input.count)
        var count: CInt = 0
        try OpenSSLFailure.check(EVP_CipherUpdate(context, &output, &count, input, CInt(input.count)), "AES-256-GCM")
        return Array(output.prefix(Int(count)))
    }

    func expect(tag: [UInt8]) throws(TrustError) {
        var tag = tag
        let count = CInt(tag.count)
        try OpenSSLFailure.check(EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, count, &tag), "a tag")
    }

    func finish() throws(TrustError) {
        // GCM has nothing left to write, but the call wants an address.
        var rest = [UInt8](repeating: 0, count: 16)
        var count: CInt = 0
        try OpenSSLFailure.check(EVP_CipherFinal_ex(context, &rest, &count), "AES-256-GCM")
    }

    func tag(count: Int) throws(TrustError) -> [UInt8] {
        var tag = [UInt8](repeating: 0, count: count)
        try OpenSSLFailure.check(EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, CInt(count), &tag), "a tag")
        return tag
    }
}
