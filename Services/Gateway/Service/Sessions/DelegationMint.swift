internal import FoundationEssentials
internal import Identity
internal import RPC
internal import ServiceKit
internal import Synchronization
internal import Trust

/// Vouches to the mesh for a signed-in person: here and only here.
final class DelegationMint: Sendable {
    private static let lifetimeSeconds: Int64 = 120
    /// Certificates are rotated while the service runs; the mesh itself looks as often.
    private static let thumbprintLifetime = Duration.seconds(60)

    private struct Reading {
        var thumbprint: [UInt8]
        var until: ContinuousClock.Instant
    }

    private let key: ES256PrivateKey
    private let readThumbprint: @Sendable () throws -> [UInt8]
    private let clock: any WallClock
    private let reading = Mutex<Reading?>(nil)

    /// - Parameter thumbprint: Reads this service's certificate.
    init(key: ES256PrivateKey, thumbprint: @escaping @Sendable () throws -> [UInt8], clock: any WallClock) {
        self.key = key
        readThumbprint = thumbprint
        self.clock = clock
    }

    /// - Parameter trace: Of the call; by default below the request that is being served.
    func options(for session: Session, trace: TraceContext? = nil, timeout: Duration = .seconds(10)) throws -> CallOptions {
        let now = Int64(clock.now.timeIntervalSince1970)
        let claims = DelegationClaims(
            tenant: session.tenant, principal: session.principal, roles: session.roles, issuedAt: now, expiresAt: now + Self.lifetimeSeconds,
            certificateThumbprint: try thumbprint(at: .now), originTenant: session.membership.origin)
        return CallOptions(
            tenant: session.tenant, principal: session.principal, delegationToken: try DelegationToken.sign(claims, with: key), timeout: timeout,
            trace: trace)
    }

    func thumbprint(at now: ContinuousClock.Instant) throws -> [UInt8] {
        try reading.withLock { reading in
            if let reading, now < reading.until { return reading.thumbprint }
            let fresh = Reading(thumbprint: try readThumbprint(), until: now + Self.thumbprintLifetime)
            reading = fresh
            return fresh.thumbprint
        }
    }
}
