internal import COpenSSL

extension KeyHandle {
    static func privateKey(pem: String) throws(TrustError) -> KeyHandle {
        let bio = try MemoryBIO.holding(pem)
        // The callback refuses a passphrase: without one OpenSSL would ask on the terminal.
        return try adopting(PEM_read_bio_PrivateKey(bio.pointer, nil, { _, _, _, _ in -1 }, nil), "a private key in PEM")
    }

    static func publicKey(pem: String) throws(TrustError) -> KeyHandle {
        let bio = try MemoryBIO.holding(pem)
        return try adopting(PEM_read_bio_PUBKEY(bio.pointer, nil, { _, _, _, _ in -1 }, nil), "a public key in PEM")
    }

    /// PKCS #8, not encrypted.
    func privatePEM() throws(TrustError) -> String {
        let bio = try MemoryBIO.empty()
        try OpenSSLFailure.check(PEM_write_bio_PrivateKey(bio.pointer, pointer, nil, nil, 0, nil, nil), "writing a private key")
        return bio.text()
    }

    func publicPEM() throws(TrustError) -> String {
        let bio = try MemoryBIO.empty()
        try OpenSSLFailure.check(PEM_write_bio_PUBKEY(bio.pointer, pointer), "writing a public key")
        return bio.text()
    }
}

/// A stream in memory, through which OpenSSL reads and writes PEM.
struct MemoryBIO: ~Copyable {
    // SAFETY: created here, reached only through this value (which cannot be copied), freed in deinit. It owns its bytes.
    let pointer: OpaquePointer

    private init(_ pointer: OpaquePointer) { self.pointer = pointer }

    static func empty() throws(TrustError) -> MemoryBIO {
        guard let pointer = BIO_new(BIO_s_mem()) else { throw OpenSSLFailure.take("a memory stream") }
        return MemoryBIO(pointer)
    }

    static func holding(_ text: String) throws(TrustError) -> MemoryBIO {
        let bio = try empty()
        let bytes = Array(text.utf8)
        var written = 0
        guard BIO_write_ex(bio.pointer, bytes, bytes.count, &written) == 1, written == bytes.count else { throw .malformed("an empty PEM") }
        return bio
    }

    deinit { BIO_free_all(pointer) }

    /// Everything that was written and not yet read.
    func text() -> String {
        var all: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4096)
        var count = 0
        while BIO_read_ex(pointer, &chunk, chunk.count, &count) == 1, count > 0 { all += chunk.prefix(count) }
        return String(decoding: all, as: UTF8.self)
    }
}
