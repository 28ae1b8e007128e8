internal import FoundationEssentials
internal import Identity
internal import RPC
internal import Trust

/// Who calls, with all that a call from the gateway carries.
struct CallerIdentity: Sendable {
    let peer: PeerIdentity
    let verifier: SignedDelegationVerifier
    let options: CallOptions

    init() throws {
        let thumbprint = [UInt8](repeating: 7, count: 32)
        guard let tenant = TenantID("0192f000-0000-7000-8000-000000000001") else { throw CostError("the tenant's id") }
        let key = try ES256PrivateKey.generate()
        let now = Int64(Date().timeIntervalSince1970)
        let claims = DelegationClaims(
            tenant: tenant, principal: "dana@acme.example", roles: ["change-approver"], issuedAt: now, expiresAt: now + 600,
            certificateThumbprint: thumbprint)
        peer = PeerIdentity(service: .gateway, certificateThumbprint: thumbprint)
        verifier = SignedDelegationVerifier(keys: [key.publicKey])
        // Counting is slow: what takes microseconds may take a minute.
        options = CallOptions(
            tenant: tenant, principal: claims.principal, delegationToken: try DelegationToken.sign(claims, with: key), timeout: .seconds(300))
    }
}
