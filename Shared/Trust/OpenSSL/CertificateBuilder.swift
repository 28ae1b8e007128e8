internal import COpenSSL

/// Writes one X.509 v3 certificate.
struct CertificateBuilder: ~Copyable {
    // SAFETY: created here, reached only through this value (which cannot be copied); given away once in `sign`, else freed in deinit.
    private var certificate: OpaquePointer?

    private init(_ certificate: OpaquePointer) { self.certificate = certificate }

    static func make(subject: KeyHandle, commonName: String, notBefore: Int64, notAfter: Int64) throws(TrustError) -> CertificateBuilder {
        guard let certificate = X509_new() else { throw OpenSSLFailure.take("a certificate") }
        let builder = CertificateBuilder(certificate)
        try OpenSSLFailure.check(X509_set_version(certificate, 2), "version 3")
        try builder.setSerial()
        guard ASN1_TIME_set(X509_getm_notBefore(certificate), time_t(notBefore)) != nil,
            ASN1_TIME_set(X509_getm_notAfter(certificate), time_t(notAfter)) != nil
        else { throw OpenSSLFailure.take("a validity") }
        try OpenSSLFailure.check(X509_set_pubkey(certificate, subject.pointer), "a subject key")
        let name = X509_get_subject_name(certificate)
        let text = Array(commonName.utf8)
        // MBSTRING_UTF8 is MBSTRING_FLAG alone.
        let added = X509_NAME_add_entry_by_NID(name, NID_commonName, MBSTRING_FLAG, text, CInt(text.count), -1, 0)
        try OpenSSLFailure.check(added, "a common name")
        return builder
    }

    deinit { X509_free(certificate) }

    private func setSerial() throws(TrustError) {
        // 16 random bytes, positive: unique without a register of what was issued (CA/Browser Forum asks for 64 bits).
        var serial = SecureRandom.bytes(16)
        serial[0] = serial[0] & 0x7F | 0x40
        guard let number = BN_bin2bn(serial, CInt(serial.count), nil) else { throw OpenSSLFailure.take("a serial number") }
        defer { BN_free(number) }
        guard BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate)) != nil else { throw OpenSSLFailure.take("a serial number") }
    }

    /// Adds an extension in OpenSSL's own notation. `value` must not come from outside unchecked: commas separate.
    func add(_ nid: CInt, _ value: String, issuer: CertificateHandle? = nil) throws(TrustError) {
        var context = X509V3_CTX()
        X509V3_set_ctx(&context, issuer?.pointer ?? certificate, certificate, nil, nil, 0)
        guard let made = X509V3_EXT_conf_nid(nil, &context, nid, value) else { throw OpenSSLFailure.take("a certificate extension") }
        defer { X509_EXTENSION_free(made) }
        try OpenSSLFailure.check(X509_add_ext(certificate, made, -1), "a certificate extension")
    }

    /// Signs with SHA-256; without an issuer the certificate signs itself.
    consuming func sign(with key: KeyHandle, issuer: CertificateHandle? = nil) throws(TrustError) -> CertificateHandle {
        let issuerName = X509_get_subject_name(issuer?.pointer ?? certificate)
        try OpenSSLFailure.check(X509_set_issuer_name(certificate, issuerName), "an issuer name")
        guard X509_sign(certificate, key.pointer, SHA256Algorithm.shared.algorithm) > 0, let signed = certificate else {
            throw OpenSSLFailure.take("signing a certificate")
        }
        certificate = nil
        return CertificateHandle(adopting: signed)
    }
}
