internal import FoundationEssentials
internal import Identity
internal import RPC
internal import ServiceKit
internal import Trust

/// Vouches to the mesh for a signed-in person: here and only here.
final class DelegationMint: Sendable {
    private static let lifetimeSeconds: Int64 = 120

    private let key: ES256PrivateKey
    private let thumbprint: @Sendable () throws -> [UInt8]
    private let clock: any WallClock

    /// - Parameter thumbprint: Of the certificate that calls go out under now: it is replaced while the service runs.
    init(key: ES256PrivateKey, thumbprint: @escaping @Sendable () throws -> [UInt8], clock: any WallClock) {
        self.key = key
        self.thumbprint = thumbprint
        self.clock = clock
    }

    /// - Parameter trace: Of the call; by default below the request that is being served.
    func options(for session: Session, trace: TraceContext? = nil, timeout: Duration = .seconds(10)) throws -> CallOptions {
        let now = Int64(clock.now.timeIntervalSince1970)
        let claims = DelegationClaims(
            tenant: session.tenant, principal: session.principal, roles: session.roles, issuedAt: now, expiresAt: now + Self.lifetimeSeconds,
            certificateThumbprint: try thumbprint(), originTenant: session.membership.origin)
        return CallOptions(
            tenant: session.tenant, principal: session.principal, delegationToken: try DelegationToken.sign(claims, with: key), timeout: timeout,
            trace: trace)
    }
}
