internal import COpenSSL
public import FoundationEssentials

/// A certificate and the private key that belongs to it, both in PEM.
public struct IssuedCertificate: Sendable {
    public let certificatePEM: String
    public let keyPEM: Secret

    /// For one that was issued earlier and read back from files.
    public init(certificatePEM: String, keyPEM: Secret) {
        self.certificatePEM = certificatePEM
        self.keyPEM = keyPEM
    }
}

/// Issues the certificates of the mesh: a root on P-256 and leaves whose identity is a SPIFFE id.
public enum CertificateAuthority {
    /// Clocks differ; a certificate counts from a little before it was made.
    private static let backdatingSeconds: Int64 = 300

    public static func createRoot(commonName: String, validity: Duration, at time: Date = Date()) throws(TrustError) -> IssuedCertificate {
        let key = try ES256PrivateKey.generate()
        let builder = try builder(for: key, commonName: commonName, validity: validity, at: time)
        try builder.add(NID_basic_constraints, "critical,CA:TRUE,pathlen:0")
        try builder.add(NID_key_usage, "critical,keyCertSign,cRLSign")
        try builder.add(NID_subject_key_identifier, "hash")
        return IssuedCertificate(certificatePEM: try builder.sign(with: key.handle).pem(), keyPEM: try key.pem())
    }

    /// A certificate for both ends of a TLS connection, with its own new key.
    public static func issueLeaf(
        spiffeID: String, dnsNames: [String], ipAddresses: [String], root: IssuedCertificate, validity: Duration, at time: Date = Date()
    ) throws(TrustError) -> IssuedCertificate {
        let names = try alternativeNames(spiffeID: spiffeID, dnsNames: dnsNames, ipAddresses: ipAddresses)
        let issuer = try CertificateHandle(pem: root.certificatePEM)
        let issuerKey = try ES256PrivateKey(pem: root.keyPEM.exposedText)
        let key = try ES256PrivateKey.generate()
        let commonName = spiffeID.split(separator: "/").last.map { String($0) } ?? spiffeID
        let builder = try builder(for: key, commonName: commonName, validity: validity, at: time)
        try builder.add(NID_basic_constraints, "critical,CA:FALSE")
        try builder.add(NID_key_usage, "critical,digitalSignature")
        try builder.add(NID_ext_key_usage, "serverAuth,clientAuth")
        try builder.add(NID_subject_key_identifier, "hash")
        try builder.add(NID_authority_key_identifier, "keyid", issuer: issuer)
        try builder.add(NID_subject_alt_name, names)
        let certificate = try builder.sign(with: issuerKey.handle, issuer: issuer)
        return IssuedCertificate(certificatePEM: try certificate.pem(), keyPEM: try key.pem())
    }

    private static func builder(
        for key: ES256PrivateKey, commonName: String, validity: Duration, at time: Date
    ) throws(TrustError) -> CertificateBuilder {
        let start = Int64(time.timeIntervalSince1970) - backdatingSeconds
        let end = Int64(time.timeIntervalSince1970) + validity.components.seconds
        guard !commonName.isEmpty, commonName.utf8.count <= 64, end > start else { throw .malformed("a certificate's name or validity") }
        return try CertificateBuilder.make(subject: key.handle, commonName: commonName, notBefore: start, notAfter: end)
    }

    /// OpenSSL's notation separates names with commas, so every name is held to its own alphabet first.
    private static func alternativeNames(spiffeID: String, dnsNames: [String], ipAddresses: [String]) throws(TrustError) -> String {
        guard spiffeID.hasPrefix("spiffe://"), isMade(of: ".-_/:", spiffeID) else { throw .malformed("the SPIFFE id \(spiffeID)") }
        if let wrong = dnsNames.first(where: { !isMade(of: ".-", $0) }) { throw .malformed("the DNS name \(wrong)") }
        if let wrong = ipAddresses.first(where: { !isMade(of: ".:", $0) }) { throw .malformed("the IP address \(wrong)") }
        return (["URI:\(spiffeID)"] + dnsNames.map { "DNS:\($0)" } + ipAddresses.map { "IP:\($0)" }).joined(separator: ",")
    }

    private static func isMade(of punctuation: String, _ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy {
                ($0 >= 0x30 && $0 <= 0x39) || ($0 >= 0x41 && $0 <= 0x5A) || ($0 >= 0x61 && $0 <= 0x7A) || punctuation.utf8.contains($0)
            }
    }
}
