public import Identity

/// Who the other end must be, besides holding a certificate of the trusted root.
public enum PeerExpectation: Hashable, Sendable {
    /// Any service of the mesh, by the one SPIFFE id in its certificate.
    case anyService
    case service(ServiceName)
    /// A server outside the mesh, by a DNS name of its certificate; no wildcards.
    case dnsName(String)
    case ipAddress(String)
}
