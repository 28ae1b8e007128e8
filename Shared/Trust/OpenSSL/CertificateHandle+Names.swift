internal import COpenSSL

/// What a certificate says its subject is called.
struct SubjectAlternativeNames: Sendable {
    var uris: [String] = []
    var dnsNames: [String] = []
    var ipAddresses: [String] = []
}

extension CertificateHandle {
    func subjectAlternativeNames() -> SubjectAlternativeNames {
        var names = SubjectAlternativeNames()
        guard let raw = X509_get_ext_d2i(pointer, NID_subject_alt_name, nil, nil) else { return names }
        let stack = OpaquePointer(raw)
        // SAFETY: the stack holds GENERAL_NAMEs (that is what this extension decodes to) and is freed with them at the end; nothing
        // of it is kept.
        defer { GENERAL_NAMES_free(stack) }
        for index in 0..<OPENSSL_sk_num(stack) {
            guard let name = OPENSSL_sk_value(stack, index)?.assumingMemoryBound(to: GENERAL_NAME.self).pointee else { continue }
            switch name.type {
            case GEN_URI: names.uris += text(name.d.uniformResourceIdentifier)
            case GEN_DNS: names.dnsNames += text(name.d.dNSName)
            case GEN_IPADD: names.ipAddresses += address(name.d.iPAddress)
            default: continue
            }
        }
        return names
    }

    private func bytes(_ string: UnsafePointer<ASN1_STRING>?) -> [UInt8] {
        guard let string, let data = ASN1_STRING_get0_data(string) else { return [] }
        return Array(UnsafeBufferPointer(start: data, count: Int(ASN1_STRING_length(string))))
    }

    /// Empty for a name with a NUL or another byte that no URI or host has: comparing a shortened one is a classic hole.
    private func text(_ string: UnsafePointer<ASN1_STRING>?) -> [String] {
        let bytes = bytes(string)
        guard !bytes.isEmpty, bytes.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { return [] }
        return [String(decoding: bytes, as: UTF8.self)]
    }

    private func address(_ string: UnsafePointer<ASN1_STRING>?) -> [String] {
        let bytes = bytes(string)
        if bytes.count == 4 { return [bytes.map { String($0) }.joined(separator: ".")] }
        guard bytes.count == 16 else { return [] }
        return [stride(from: 0, to: 16, by: 2).map { String(Int(bytes[$0]) << 8 | Int(bytes[$0 + 1]), radix: 16) }.joined(separator: ":")]
    }
}
