public import Identity

/// Who is at the other end, as the certificate says it; nothing else says it.
public struct PeerIdentity: Hashable, Sendable {
    public let service: ServiceName
    /// SHA-256 of the certificate's DER.
    public let certificateThumbprint: [UInt8]

    public init(service: ServiceName, certificateThumbprint: [UInt8]) {
        self.service = service
        self.certificateThumbprint = certificateThumbprint
    }
}
