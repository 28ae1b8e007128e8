internal import FoundationEssentials
internal import Trust

/// Issues into a folder.
struct PKIAuthority {
    let folder: PKIFolder

    enum Outcome: String {
        case made
        case kept
    }

    // MARK: Root

    /// - Parameter trusted: A further root that stays trusted; written in one go, so that no service reloads without it.
    func makeRoot(domain: String, validity: Duration, besides trusted: String = "") throws {
        let root = try CertificateAuthority.createRoot(commonName: "Provable mesh root (\(domain))", validity: validity)
        try folder.writeSecret(root.keyPEM.exposedText, to: PKIFolder.rootKey)
        try folder.writePublic(root.certificatePEM + trusted, to: PKIFolder.rootCertificate)
    }

    /// The new root is trusted beside the old one until every service has a certificate of the new one.
    func replaceRoot(domain: String, validity: Duration) throws {
        let old = try PEMBlocks.split(folder.read(PKIFolder.rootCertificate))
        try makeRoot(domain: domain, validity: validity, besides: old.first.map { $0 + "\n" } ?? "")
    }

    private func root() throws -> IssuedCertificate {
        // The first certificate is the one that signs; those after it are on their way out.
        let certificates = try PEMBlocks.split(folder.read(PKIFolder.rootCertificate))
        guard let current = certificates.first else {
            throw PKIFolder.Failure(description: "\(folder.file(PKIFolder.rootCertificate)) holds no certificate")
        }
        return IssuedCertificate(certificatePEM: current + "\n", keyPEM: Secret(try folder.read(PKIFolder.rootKey)))
    }

    // MARK: Leaves

    func issue(_ name: String, domain: String, options: PKILeafOptions) throws {
        let leaf = try CertificateAuthority.issueLeaf(
            spiffeID: "spiffe://\(domain)/\(name)", dnsNames: options.dns, ipAddresses: options.ip, root: try root(),
            validity: options.validity.duration)
        // Key first: a service that reloads between the two sees a key that does not fit, keeps what it has and tries again.
        try folder.writeSecret(leaf.keyPEM.exposedText, to: "\(name).key")
        try folder.writePublic(leaf.certificatePEM, to: "\(name).pem")
    }

    /// Keeps a certificate that the root signed and that has more than a third of its life left.
    func issueIfNeeded(_ name: String, domain: String, options: PKILeafOptions, at now: Date) throws -> Outcome {
        if folder.exists("\(name).pem"), folder.exists("\(name).key"),
            let certificate = try? Certificate(pem: folder.read("\(name).pem")), let root = try? Certificate(pem: root().certificatePEM),
            certificate.isSigned(by: root), certificate.spiffeID == "spiffe://\(domain)/\(name)",
            certificate.notAfter.timeIntervalSince(now) * 3 > certificate.notAfter.timeIntervalSince(certificate.notBefore)
        {
            return .kept
        }
        try issue(name, domain: domain, options: options)
        return .made
    }

    /// The trust domain of the certificates that are here.
    func domain() throws -> String {
        for name in try folder.leaves() {
            guard let id = try Certificate(pem: folder.read("\(name).pem")).spiffeID else { continue }
            let domain = id.dropFirst("spiffe://".count).prefix { $0 != "/" }
            if !domain.isEmpty { return String(domain) }
        }
        throw PKIFolder.Failure(description: "\(folder.path) holds no certificate of a service; run `provable pki init` first")
    }

    // MARK: Signing keys

    /// Never replaces a key: what it signed must stay verifiable, and its public half may already be pinned by an auditor.
    func makeSigningKeyIfNeeded(_ name: String) throws -> Outcome {
        let base = "\(PKIFolder.signingFolder)/\(name)"
        if folder.exists("\(base).key") {
            let key = try ES256PrivateKey(pem: folder.read("\(base).key"))
            if !folder.exists("\(base).pub") { try folder.writePublic(try key.publicKey.pem(), to: "\(base).pub") }
            return .kept
        }
        let key = try ES256PrivateKey.generate()
        try folder.writePublic(try key.publicKey.pem(), to: "\(base).pub")
        try folder.writeSecret(try key.pem().exposedText, to: "\(base).key")
        return .made
    }
}

/// The parts of a file that holds several PEM blocks.
enum PEMBlocks {
    private static let end = "-----END CERTIFICATE-----"

    static func split(_ text: String) -> [String] {
        var blocks: [String] = []
        var current: [Substring] = []
        for line in text.split(separator: "\n") {
            current.append(line)
            if line == end {
                blocks.append(current.joined(separator: "\n"))
                current = []
            }
        }
        return blocks
    }
}
