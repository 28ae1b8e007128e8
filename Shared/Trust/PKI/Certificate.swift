public import FoundationEssentials

/// An X.509 certificate that can be asked who it is.
public struct Certificate: Sendable {
    let handle: CertificateHandle
    public let commonName: String?
    /// URI names, among them the SPIFFE id of a service.
    public let uris: [String]
    public let dnsNames: [String]
    public let ipAddresses: [String]
    public let notBefore: Date
    public let notAfter: Date
    /// SHA-256 of the DER, to which delegation tokens are bound (RFC 8705).
    public let thumbprint: SHA256Digest

    /// Reads the first certificate of `pem`.
    public init(pem: String) throws(TrustError) { try self.init(CertificateHandle(pem: pem)) }

    /// Of an `X509 *` that somebody else holds, a TLS connection for example: counted here once more, not copied or parsed again.
    package init(retaining pointer: OpaquePointer) throws(TrustError) { try self.init(CertificateHandle(retaining: pointer)) }

    init(_ handle: CertificateHandle) throws(TrustError) {
        guard let notBefore = handle.notBefore, let notAfter = handle.notAfter else { throw .malformed("the certificate's validity") }
        let names = handle.subjectAlternativeNames()
        self.handle = handle
        commonName = handle.commonName
        uris = names.uris
        dnsNames = names.dnsNames
        ipAddresses = names.ipAddresses
        self.notBefore = Date(timeIntervalSince1970: TimeInterval(notBefore))
        self.notAfter = Date(timeIntervalSince1970: TimeInterval(notAfter))
        thumbprint = SHA256Digest(hashing: handle.der)
    }

    public var der: [UInt8] { handle.der }

    /// The one SPIFFE id, or nil where there is none or more than one: two identities are no identity.
    public var spiffeID: String? {
        let ids = uris.filter { $0.hasPrefix("spiffe://") }
        return ids.count == 1 ? ids[0] : nil
    }

    /// Whether `issuer` signed this certificate. Says nothing about time or use.
    public func isSigned(by issuer: Certificate) -> Bool { handle.isSigned(by: issuer.handle) }

    public func isValid(at time: Date) -> Bool { notBefore <= time && time <= notAfter }
}
