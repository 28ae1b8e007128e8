import Identity
import Testing

@testable import RPC

@Suite struct CallGateTests {
    struct FixedVerifier: DelegationVerifier {
        let answer: Result<DelegationClaims, DelegationFailure>
        func verify(_ token: String, now: Int64) throws(DelegationFailure) -> DelegationClaims { try answer.get() }
    }

    static let thumbprint = [UInt8](repeating: 7, count: 32)
    static let claims = DelegationClaims(
        tenant: .acme, principal: "p", roles: ["viewer"], issuedAt: 0, expiresAt: 60, certificateThumbprint: thumbprint)
    static let method = MethodDescriptor(
        name: "m", owner: nil, callers: [.gateway, .copilot, .flowEngine], trusted: [.flowEngine], tenancy: .required, isIdempotent: true)
    static let unbound = MethodDescriptor(
        name: "u", owner: nil, callers: [.gateway], trusted: [], tenancy: .unbound, isIdempotent: true)

    func admit(
        _ caller: ServiceName, _ method: MethodDescriptor = CallGateTests.method, tenant: TenantID? = .acme, token: String? = nil,
        verifier: Result<DelegationClaims, DelegationFailure> = .success(CallGateTests.claims), timeout: Duration? = nil,
        at received: ContinuousClock.Instant = .now
    ) -> Result<CallContext, RPCError> {
        var metadata = RequestMetadata()
        metadata.tenant = tenant
        metadata.principal = "p"
        metadata.delegationToken = token
        metadata.timeout = timeout
        let peer = PeerIdentity(service: caller, certificateThumbprint: Self.thumbprint)
        do throws(RPCError) {
            return .success(
                try CallGate(delegation: FixedVerifier(answer: verifier)).admit(
                    method, from: peer, metadata, receivedAt: received, wallClock: 10))
        } catch {
            return .failure(error)
        }
    }

    func reason(_ result: Result<CallContext, RPCError>) -> String? {
        if case .failure(let error) = result { error.reason } else { nil }
    }

    @Test func trustSpeaksForATenantAndOthersNeedAToken() throws {
        #expect(try admit(.flowEngine).get().tenant == .acme)
        #expect(reason(admit(.copilot)) == "DELEGATION_MISSING")
        let carried = try admit(.copilot, token: "t").get()
        #expect(carried.tenant == .acme && carried.roles == ["viewer"] && carried.principal == "p")
        #expect(reason(admit(.ledger, token: "t")) == "CALLER_NOT_ALLOWED")
        #expect(reason(admit(.flowEngine, tenant: nil)) == "TENANT_MISSING")
    }

    @Test func evenATrustedCallerMayNotContradictItsToken() throws {
        #expect(reason(admit(.flowEngine, tenant: .contoso, token: "t")) == "TENANT_MISMATCH")
        #expect(reason(admit(.flowEngine, token: "t", verifier: .failure(.invalid))) == "DELEGATION_INVALID")
        // But it may outlive it, without the roles of then.
        #expect(try admit(.flowEngine, token: "t", verifier: .failure(.expired)).get().roles == [])
        #expect(reason(admit(.copilot, token: "t", verifier: .failure(.expired))) == "DELEGATION_EXPIRED")
    }

    @Test func theBindingHoldsForTheGatewayAlone() throws {
        var other = Self.claims
        other.certificateThumbprint = [UInt8](repeating: 8, count: 32)
        #expect(reason(admit(.gateway, token: "t", verifier: .success(other))) == "DELEGATION_NOT_BOUND")
        #expect(try admit(.copilot, token: "t", verifier: .success(other)).get().tenant == .acme)
    }

    /// Over one gate, as a server has one: the gateway's calls under one certificate with tokens for another.
    @Test func whileTheCertificateIsReplacedEitherTokenIsTaken() throws {
        let old = Self.thumbprint
        let new = [UInt8](repeating: 8, count: 32)
        var claims = Self.claims
        func call(_ gate: CallGate, under certificate: [UInt8], at time: ContinuousClock.Instant = .now) -> String? {
            var metadata = RequestMetadata()
            (metadata.tenant, metadata.principal, metadata.delegationToken) = (.acme, "p", "t")
            do throws(RPCError) {
                _ = try gate.admit(
                    Self.method, from: PeerIdentity(service: .gateway, certificateThumbprint: certificate), metadata, receivedAt: time,
                    wallClock: 10)
                return nil
            } catch { return error.reason }
        }
        func gate(_ thumbprint: [UInt8]) -> CallGate {
            claims.certificateThumbprint = thumbprint
            return CallGate(delegation: FixedVerifier(answer: .success(claims)))
        }
        let start = ContinuousClock.now
        // A token of before on a connection of after.
        let one = gate(old)
        #expect(call(one, under: new, at: start) == "DELEGATION_NOT_BOUND", "the old certificate was never seen here")
        #expect(call(one, under: old, at: start) == nil)
        #expect(call(one, under: new, at: start + .seconds(599)) == nil)
        #expect(call(one, under: new, at: start + .seconds(601)) == "DELEGATION_NOT_BOUND", "it was seen too long ago")
        // A token of after on a connection of before.
        let two = gate(new)
        #expect(call(two, under: old, at: start) == "DELEGATION_NOT_BOUND")
        #expect(call(two, under: new, at: start) == nil)
        #expect(call(two, under: old, at: start + .seconds(1)) == nil)
        // Another service's certificates do not count as the gateway's.
        let three = gate(old)
        var metadata = RequestMetadata()
        (metadata.tenant, metadata.principal, metadata.delegationToken) = (.acme, "p", "t")
        _ = try three.admit(
            Self.method, from: PeerIdentity(service: .copilot, certificateThumbprint: old), metadata, receivedAt: start, wallClock: 10)
        #expect(call(three, under: new, at: start) == "DELEGATION_NOT_BOUND")
    }

    @Test func recentCertificatesAreBounded() {
        let start = ContinuousClock.now
        var certificates = RecentCertificates()
        func thumbprint(_ index: Int) -> [UInt8] { [UInt8(index)] }
        for index in 0..<100 { certificates.note(thumbprint(index), at: start + .seconds(index)) }
        #expect(certificates.count == RecentCertificates.countMax)
        #expect(!certificates.contains(thumbprint(99 - RecentCertificates.countMax), at: start + .seconds(99)), "the oldest had to go")
        #expect(certificates.contains(thumbprint(99), at: start + .seconds(99)))
        // One that is still in use stays, however long ago it came.
        certificates.note(thumbprint(99), at: start + .seconds(690))
        #expect(certificates.contains(thumbprint(99), at: start + .seconds(1290)))
        certificates.note(thumbprint(200), at: start + .seconds(1291))
        #expect(certificates.count == 1, "what nobody came with for so long is forgotten")
        // Calls of several threads may be told out of order.
        certificates.note(thumbprint(200), at: start)
        #expect(certificates.contains(thumbprint(200), at: start + .seconds(1800)))
    }

    @Test func anUnboundMethodTakesATenantOnlyWithAToken() throws {
        #expect(try admit(.gateway, Self.unbound).get().tenant == nil)
        #expect(try admit(.gateway, Self.unbound, tenant: nil).get().principal == nil)
        #expect(try admit(.gateway, Self.unbound, token: "t").get().tenant == .acme)
    }

    @Test func theDeadlineCountsFromArrivalAndIsBounded() throws {
        let arrival = ContinuousClock.now - .seconds(3)
        #expect(try admit(.flowEngine, timeout: .seconds(2), at: arrival).get().deadline == arrival + .seconds(2))
        #expect(try admit(.flowEngine, timeout: .seconds(100_000), at: arrival).get().deadline == arrival + .seconds(300))
        #expect(try admit(.flowEngine, at: arrival).get().deadline == arrival + .seconds(30))
    }

    @Test func forwardingKeepsTheEarlierDeadline() {
        let now = ContinuousClock.now
        let context = CallContext(caller: .gateway, tenant: .acme, principal: "p", deadline: now + .seconds(1), delegationToken: "t")
        let options = CallOptions(forwarding: context, timeout: .seconds(9))
        #expect(options.effectiveDeadline(now: now) == now + .seconds(1))
        #expect(CallOptions(forwarding: context, timeout: .milliseconds(5)).effectiveDeadline(now: now) == now + .milliseconds(5))
        #expect(options.tenant == .acme && options.principal == "p" && options.delegationToken == "t")
        #expect(options.trace?.traceID == context.trace.traceID && options.trace?.spanID != context.trace.spanID)
    }
}
