internal import COpenSSL

/// An X.509 certificate inside OpenSSL.
// SAFETY: the X509 is complete before this object is shared, never changed afterwards, and freed once in deinit. Reading one
// fills caches that OpenSSL guards with its own lock.
final class CertificateHandle: @unchecked Sendable {
    let pointer: OpaquePointer

    init(adopting pointer: OpaquePointer) { self.pointer = pointer }

    init(retaining pointer: OpaquePointer) {
        X509_up_ref(pointer)
        self.pointer = pointer
    }

    deinit { X509_free(pointer) }

    convenience init(pem: String) throws(TrustError) {
        let bio = try MemoryBIO.holding(pem)
        guard let pointer = PEM_read_bio_X509(bio.pointer, nil, { _, _, _, _ in -1 }, nil) else {
            throw OpenSSLFailure.take("a certificate in PEM")
        }
        self.init(adopting: pointer)
    }

    func pem() throws(TrustError) -> String {
        let bio = try MemoryBIO.empty()
        try OpenSSLFailure.check(PEM_write_bio_X509(bio.pointer, pointer), "writing a certificate")
        return bio.text()
    }

    var der: [UInt8] {
        let count = i2d_X509(pointer, nil)
        precondition(count > 0, "a certificate that was read can be written")
        var der = [UInt8](repeating: 0, count: Int(count))
        der.withUnsafeMutableBufferPointer { buffer in
            var out = buffer.baseAddress
            _ = i2d_X509(pointer, &out)
        }
        return der
    }

    func isSigned(by issuer: CertificateHandle) -> Bool {
        guard X509_check_issued(issuer.pointer, pointer) == X509_V_OK, let key = X509_get0_pubkey(issuer.pointer) else { return false }
        let isValid = X509_verify(pointer, key) == 1
        ERR_clear_error()
        return isValid
    }

    var commonName: String? {
        guard let name = X509_get_subject_name(pointer) else { return nil }
        var text = [CChar](repeating: 0, count: 256)
        let count = X509_NAME_get_text_by_NID(name, NID_commonName, &text, CInt(text.count))
        guard count > 0 else { return nil }
        return String(decoding: text.prefix(Int(count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Seconds since 1970 of the validity's ends.
    var notBefore: Int64? { seconds(X509_get0_notBefore(pointer)) }
    var notAfter: Int64? { seconds(X509_get0_notAfter(pointer)) }

    private func seconds(_ time: UnsafePointer<ASN1_TIME>?) -> Int64? {
        guard let time, let epoch = ASN1_TIME_set(nil, 0) else { return nil }
        defer { ASN1_STRING_free(epoch) }
        var days: CInt = 0
        var seconds: CInt = 0
        guard ASN1_TIME_diff(&days, &seconds, epoch, time) == 1 else { return nil }
        return Int64(days) * 86_400 + Int64(seconds)
    }
}
