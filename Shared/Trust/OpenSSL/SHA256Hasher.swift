internal import COpenSSL

/// SHA-256 over bytes that arrive in parts.
///
/// Owns one digest context and may be used again after ``finish()``, which is what makes re-hashing a large log cheap.
public struct SHA256Hasher: ~Copyable {
    // SAFETY: the context is created here, reached only through this value (which cannot be copied), and freed in deinit.
    private let context: OpaquePointer

    public init() {
        guard let context = EVP_MD_CTX_new(), EVP_DigestInit_ex(context, SHA256Algorithm.shared.algorithm, nil) == 1 else {
            preconditionFailure("OpenSSL has no memory for a digest, or no SHA-256")
        }
        self.context = context
    }

    deinit { EVP_MD_CTX_free(context) }

    public mutating func update(_ bytes: UnsafeRawBufferPointer) {
        guard let base = bytes.baseAddress, !bytes.isEmpty else { return }
        let result = EVP_DigestUpdate(context, base, bytes.count)
        precondition(result == 1, "SHA-256 refused input")
    }

    public mutating func update(_ bytes: [UInt8]) { bytes.withUnsafeBytes { update($0) } }

    public mutating func update(_ digest: SHA256Digest) { digest.withUnsafeBytes { update($0) } }

    public mutating func update(byte: UInt8) { withUnsafeBytes(of: byte) { update($0) } }

    /// The digest of everything so far; the hasher then starts anew.
    public mutating func finish() -> SHA256Digest {
        let digest = SHA256Digest { out in
            let written = EVP_DigestFinal_ex(context, out.baseAddress?.assumingMemoryBound(to: UInt8.self), nil)
            // A null algorithm keeps the one that is set: no lookup.
            let ready = EVP_DigestInit_ex(context, nil, nil)
            precondition(written == 1 && ready == 1, "SHA-256 did not finish")
        }
        return digest
    }
}

/// The algorithm, fetched once: an implicit fetch at each use takes locks.
// SAFETY: an EVP_MD is immutable after the fetch and OpenSSL counts its references atomically; it lives as long as the process.
struct SHA256Algorithm: @unchecked Sendable {
    let algorithm: OpaquePointer?

    static let shared = SHA256Algorithm(algorithm: EVP_MD_fetch(nil, "SHA256", nil))
}
