internal import FoundationEssentials
internal import Identity
internal import RPC
internal import ServiceKit
internal import Trust

/// Vouches to the mesh for a signed-in person: here and only here.
struct DelegationMint: Sendable {
    private static let lifetimeSeconds: Int64 = 120

    let key: ES256PrivateKey
    /// Read at each request: certificates are rotated while the service runs.
    let thumbprint: @Sendable () throws -> [UInt8]
    let clock: any WallClock

    func options(for session: Session, trace: TraceContext, timeout: Duration = .seconds(10)) throws -> CallOptions {
        let now = Int64(clock.now.timeIntervalSince1970)
        let claims = DelegationClaims(
            tenant: session.tenant, principal: session.principal, roles: session.roles, issuedAt: now, expiresAt: now + Self.lifetimeSeconds,
            certificateThumbprint: try thumbprint(), originTenant: session.membership.origin)
        return CallOptions(
            tenant: session.tenant, principal: session.principal, delegationToken: try DelegationToken.sign(claims, with: key), timeout: timeout,
            trace: trace)
    }
}
