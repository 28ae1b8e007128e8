internal import Identity
internal import NIOConcurrencyHelpers

/// Decides whether a call may run and on whose behalf: identity, metadata and time in, context or refusal out. All that it remembers
/// is which certificates the gateway came with.
package struct CallGate: Sendable {
    private let delegation: (any DelegationVerifier)?
    private let gatewayCertificates = NIOLockedValueBox(RecentCertificates())
    private let timeoutMax: Duration
    private let timeoutDefault: Duration

    package init(
        delegation: (any DelegationVerifier)?, timeoutDefault: Duration = .seconds(30), timeoutMax: Duration = .seconds(300)
    ) {
        self.delegation = delegation
        self.timeoutDefault = timeoutDefault
        self.timeoutMax = timeoutMax
    }

    /// No later than this server lets any call take.
    package func deadline(of metadata: RequestMetadata, receivedAt: ContinuousClock.Instant) -> ContinuousClock.Instant {
        receivedAt + min(metadata.timeout ?? timeoutDefault, timeoutMax)
    }

    /// - Parameters:
    ///   - receivedAt: When the request's last byte was there; time in queues from then on counts against the deadline.
    ///   - wallClock: Seconds since 1970.
    package func admit(
        _ method: MethodDescriptor, from peer: PeerIdentity, _ metadata: RequestMetadata, receivedAt: ContinuousClock.Instant,
        wallClock: Int64
    ) throws(RPCError) -> CallContext {
        guard method.callers.contains(peer.service) else {
            throw RPCError(
                .permissionDenied, reason: "CALLER_NOT_ALLOWED", message: "\(peer.service) may not call \(method.name)")
        }
        var context = CallContext(
            caller: peer.service, principal: nil, deadline: deadline(of: metadata, receivedAt: receivedAt),
            trace: metadata.trace ?? .make(), idempotencyKey: metadata.idempotencyKey, delegationToken: metadata.delegationToken)
        let isTrusted = method.trusted.contains(peer.service)
        if method.tenancy == .required, metadata.tenant == nil {
            throw RPCError(.unauthenticated, reason: "TENANT_MISSING", message: "\(method.name) needs a tenant")
        }
        let claims = try verified(metadata, from: peer, toleratesExpiry: isTrusted, wallClock: wallClock)
        if let claims, peer.service == .gateway { try checkBinding(of: claims, to: peer, at: receivedAt) }
        if let claims {
            try match(claims, metadata)
            context.roles = claims.roles
            context.originTenant = claims.originTenant
        }
        // Only a token or trust binds a tenant to the call; a method without tenancy runs without one otherwise.
        guard claims != nil || isTrusted else {
            if method.tenancy == .unbound { return context }
            throw RPCError(
                .unauthenticated, reason: "DELEGATION_MISSING",
                message: "\(peer.service) must carry a delegation token to speak for a tenant")
        }
        context.tenant = metadata.tenant
        context.principal = metadata.principal
        return context
    }

    private func verified(
        _ metadata: RequestMetadata, from peer: PeerIdentity, toleratesExpiry: Bool, wallClock: Int64
    ) throws(RPCError) -> DelegationClaims? {
        guard let token = metadata.delegationToken else { return nil }
        guard let delegation else {
            throw RPCError(
                .unauthenticated, reason: "DELEGATION_UNVERIFIABLE", message: "this service has no key to check delegation tokens with")
        }
        let claims: DelegationClaims
        do throws(DelegationFailure) {
            claims = try delegation.verify(token, now: wallClock)
        } catch .expired where toleratesExpiry {
            // A trusted service may go on with a run long after the request that started it; its word is enough.
            return nil
        } catch .expired {
            throw RPCError(.unauthenticated, reason: "DELEGATION_EXPIRED", message: "the delegation token has expired")
        } catch {
            throw RPCError(.unauthenticated, reason: "DELEGATION_INVALID", message: "the delegation token is not valid")
        }
        return claims
    }

    /// Whoever steals a token from the gateway's traffic cannot use it with another certificate under the gateway's name, except with
    /// one that the gateway itself came with a little ago: certificates are replaced while tokens are on their way.
    /// A service further down carries the token of the request that it serves.
    private func checkBinding(of claims: DelegationClaims, to peer: PeerIdentity, at now: ContinuousClock.Instant) throws(RPCError) {
        let isBound = gatewayCertificates.withLockedValue { certificates in
            certificates.note(peer.certificateThumbprint, at: now)
            return claims.certificateThumbprint == peer.certificateThumbprint || certificates.contains(claims.certificateThumbprint, at: now)
        }
        guard isBound else {
            throw RPCError(
                .permissionDenied, reason: "DELEGATION_NOT_BOUND", message: "the delegation token is bound to another certificate")
        }
    }

    private func match(_ claims: DelegationClaims, _ metadata: RequestMetadata) throws(RPCError) {
        guard claims.tenant == metadata.tenant else {
            throw RPCError(
                .permissionDenied, reason: "TENANT_MISMATCH", message: "the delegation token is for another tenant")
        }
        guard let principal = metadata.principal, principal.utf8.elementsEqual(claims.principal.utf8) else {
            throw RPCError(
                .permissionDenied, reason: "PRINCIPAL_MISMATCH", message: "the delegation token is for another principal")
        }
    }
}
