import FoundationEssentials
import Identity
import Logging
import NIOCore
import NIOPosix
import Testing
import Trust
import WireProbe

@testable import RPC

/// Real sockets, real TLS, on loopback.
@Suite(.timeLimit(.minutes(1))) struct TLSCallTests {
    let mesh: TestMesh
    let handler = ProbeHandler()

    init() throws { mesh = try TestMesh() }

    func withServer(
        onRefusal: @escaping @Sendable (CallRefusal) -> Void = { _ in }, _ body: (RPCServer, Int) async throws -> Void
    ) async throws {
        let server = RPCServer(
            configuration: .init(
                host: "127.0.0.1", port: 0, service: .policy, security: try mesh.security(.policy, .server), delegation: mesh.verifier),
            services: [ProbeV1.ProbeService(handler: handler)], logger: quiet, onRefusal: onRefusal)
        let port = try await server.start()
        do { try await body(server, port) } catch {
            await server.shutdown(grace: .zero)
            throw error
        }
        await server.shutdown(grace: .zero)
    }

    func client(_ port: Int, as caller: ServiceName = .ledger, of security: TransportSecurity? = nil, expecting: ServiceName = .policy) throws
        -> RPCClient
    {
        RPCClient(
            configuration: .init(
                host: "127.0.0.1", port: port, service: expecting, caller: caller,
                security: try security ?? mesh.security(caller, .client)),
            logger: quiet)
    }

    @Test func aUnaryCallCarriesMessageAndContext() async throws {
        try await withServer { _, port in
            let client = try client(port)
            let probe = ProbeV1.ProbeClient(channel: client)
            let request = ProbeV1.Everything(names: ["hello"], counts: [1, 2])
            let trace = TraceContext.make()
            let answer = try await probe.echo(
                request, options: CallOptions(tenant: .acme, principal: "dana@acme.example", idempotencyKey: "k", trace: trace))
            #expect(answer == request)
            let context = try #require(await handler.contexts.stream.first())
            #expect(context.caller == .ledger && context.tenant == .acme && context.principal == "dana@acme.example")
            #expect(context.idempotencyKey == "k" && context.trace.traceID == trace.traceID)
            #expect(context.deadline <= .now + .seconds(5))
            await client.close()
        }
    }

    @Test func manyCallsShareOneConnection() async throws {
        try await withServer { _, port in
            let client = try client(port)
            let probe = ProbeV1.ProbeClient(channel: client)
            try await withThrowingTaskGroup(of: Bool.self) { group in
                for index in 0..<200 {
                    group.addTask {
                        let request = ProbeV1.Everything(names: ["\(index)"], blobs: [[UInt8](repeating: 3, count: index * 997)])
                        return try await probe.echo(request, options: CallOptions(tenant: .acme)) == request
                    }
                }
                for try await isSame in group { #expect(isSame) }
            }
            await client.close()
        }
    }

    @Test func aTypedErrorCrossesTheWire() async throws {
        try await withServer { _, port in
            let client = try client(port)
            let probe = ProbeV1.ProbeClient(channel: client)
            let error = await #expect(throws: RPCError.self) {
                try await probe.echo(.init(names: ["fail"]), options: CallOptions(tenant: .acme))
            }
            #expect(
                error
                    == RPCError(
                        .failedPrecondition, reason: "NOT_NOW", message: "say it again later", details: ["why": "test"],
                        retryAfter: .milliseconds(1500)))
            // What a handler did not foresee says nothing about itself.
            let bug = await #expect(throws: RPCError.self) {
                try await probe.echo(.init(names: ["bug"]), options: CallOptions(tenant: .acme))
            }
            #expect(bug?.code == .internal && bug?.message.contains("SomeBug") == false)
            let large = await #expect(throws: RPCError.self) {
                try await probe.echo(.init(names: ["large"]), options: CallOptions(tenant: .acme))
            }
            #expect(large?.reason == "RESPONSE_TOO_LARGE")
            let request = await #expect(throws: RPCError.self) {
                try await probe.echo(.init(blobs: [[UInt8](repeating: 1, count: 5 << 20)]), options: CallOptions(tenant: .acme))
            }
            #expect(request?.reason == "REQUEST_TOO_LARGE")
            await client.close()
        }
    }

    @Test func theDeadlineEndsBothSides() async throws {
        try await withServer { _, port in
            let client = try client(port)
            let probe = ProbeV1.ProbeClient(channel: client)
            // Connected first, so that the deadline does not pass during the handshake.
            _ = try await probe.echo(.init(), options: CallOptions(tenant: .acme))
            let error = await #expect(throws: RPCError.self) {
                try await probe.linger(.init(), options: CallOptions(timeout: .seconds(1)))
            }
            #expect(error?.code == .deadlineExceeded)
            await #expect(handler.cancelled.stream.first() != nil)
            await client.close()
        }
    }

    @Test func cancellingTheCallerCancelsTheHandler() async throws {
        try await withServer { _, port in
            let client = try client(port)
            let call = Task { try await ProbeV1.ProbeClient(channel: client).linger(.init(), options: CallOptions(timeout: .seconds(30))) }
            await #expect(handler.started.stream.first() != nil)
            call.cancel()
            let error = await #expect(throws: RPCError.self) { try await call.value }
            #expect(error?.code == .cancelled)
            await #expect(handler.cancelled.stream.first() != nil)
            await client.close()
        }
    }

    @Test func losingTheConnectionCancelsTheHandlerAndFailsTheCall() async throws {
        try await withServer { _, port in
            let client = try client(port)
            let call = Task { try await ProbeV1.ProbeClient(channel: client).linger(.init(), options: CallOptions(timeout: .seconds(30))) }
            await #expect(handler.started.stream.first() != nil)
            await client.close()
            let error = await #expect(throws: RPCError.self) { try await call.value }
            #expect(error?.code == .unavailable)
            await #expect(handler.cancelled.stream.first() != nil)
        }
    }

    @Test func shutdownAnswersWhatIsOpenAndNewCallsFindTheNextServer() async throws {
        var firstPort = 0
        try await withServer { server, port in
            firstPort = port
            let client = try client(port)
            let call = Task { try await ProbeV1.ProbeClient(channel: client).linger(.init(), options: CallOptions(timeout: .seconds(30))) }
            await #expect(handler.started.stream.first() != nil)
            await server.shutdown(grace: .milliseconds(20))
            let error = await #expect(throws: RPCError.self) { try await call.value }
            #expect(error?.reason == "SHUTTING_DOWN")
            let next = await #expect(throws: RPCError.self) {
                try await ProbeV1.ProbeClient(channel: client).echo(.init(), options: CallOptions(tenant: .acme))
            }
            // Nobody listens there any more; or somebody else by now, who never answers our handshake.
            #expect(next?.code == .unavailable || next?.code == .deadlineExceeded)
            await client.close()
        }
        #expect(firstPort != 0)
    }

    @Test func aRefusalForIdentityIsReported() async throws {
        let refusals = AsyncStream.makeStream(of: CallRefusal.self)
        try await withServer(onRefusal: { refusals.continuation.yield($0) }) { _, port in
            let stranger = try client(port, as: .finops)
            let error = await #expect(throws: RPCError.self) {
                try await ProbeV1.ProbeClient(channel: stranger).echo(.init(), options: CallOptions(tenant: .acme))
            }
            #expect(error?.code == .permissionDenied && error?.reason == "CALLER_NOT_ALLOWED")
            let refusal = try #require(await refusals.stream.first())
            #expect(refusal.caller == .finops && refusal.tenant == .acme && refusal.method == ProbeV1.Methods.echo.name)
            await stranger.close()
        }
    }

    /// The gateway speaks for a tenant only with a token for that tenant and principal, made for its own certificate.
    @Test func theGatewayNeedsATokenThatMatches() async throws {
        let certificate = try mesh.certificate("gateway")
        let thumbprint = try Certificate(pem: certificate.certificatePEM).thumbprint.bytes
        let security = TransportSecurity.tls(TLSContextSource(try mesh.context(certificate, .client)))
        let now = Int64(Date().timeIntervalSince1970)
        func token(_ change: (inout DelegationClaims) -> Void = { _ in }, key: ES256PrivateKey? = nil) throws -> String {
            var claims = DelegationClaims(
                tenant: .acme, principal: "dana@acme.example", roles: ["operator"], issuedAt: now, expiresAt: now + 60,
                certificateThumbprint: thumbprint, originTenant: .contoso)
            change(&claims)
            return try DelegationToken.sign(claims, with: key ?? mesh.delegationKey)
        }
        try await withServer { _, port in
            let client = try client(port, as: .gateway, of: security)
            let probe = ProbeV1.ProbeClient(channel: client)
            func call(_ token: String?, tenant: TenantID = .acme, principal: String = "dana@acme.example") async -> RPCError? {
                do throws(RPCError) {
                    _ = try await probe.echo(.init(), options: CallOptions(tenant: tenant, principal: principal, delegationToken: token))
                    return nil
                } catch {
                    return error
                }
            }
            #expect(await call(try token()) == nil)
            let context = try #require(await handler.contexts.stream.first())
            #expect(context.roles == ["operator"] && context.originTenant == .contoso && context.tenant == .acme)
            #expect(await call(nil)?.reason == "DELEGATION_MISSING")
            #expect(await call(try token(), tenant: .contoso)?.reason == "TENANT_MISMATCH")
            #expect(await call(try token(), tenant: .contoso)?.code == .permissionDenied)
            #expect(await call(try token(), principal: "omar@acme.example")?.reason == "PRINCIPAL_MISMATCH")
            #expect(await call(try token { $0.certificateThumbprint[0] ^= 1 })?.reason == "DELEGATION_NOT_BOUND")
            #expect(
                await call(try token { ($0.issuedAt, $0.expiresAt) = (now - 600, now - 60) })?.reason == "DELEGATION_EXPIRED")
            #expect(await call(try token { $0.expiresAt = now + 100_000 })?.reason == "DELEGATION_INVALID")
            #expect(await call(try token { $0.issuedAt = now + 30 })?.reason == "DELEGATION_INVALID")
            #expect(await call(try token(key: .generate()))?.reason == "DELEGATION_INVALID")
            #expect(await call(try token() + "A")?.reason == "DELEGATION_INVALID")
            #expect(await call("not a token")?.code == .unauthenticated)
            let none = await #expect(throws: RPCError.self) { try await probe.echo(.init(), options: CallOptions()) }
            #expect(none?.code == .unauthenticated && none?.reason == "TENANT_MISSING")
            await client.close()
        }
    }
}
