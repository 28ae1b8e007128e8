import COpenSSL
import FoundationEssentials
import Identity
import NIOCore
import Testing
import Trust
import WireProbe

@testable import RPC

/// Who is not let in, and what a bad connection costs: itself.
@Suite(.timeLimit(.minutes(1))) struct TLSRefusalTests {
    let mesh: TestMesh

    init() throws { mesh = try TestMesh() }

    /// Whatever `body` does to the server, a good client must find it serving.
    func withServer(
        _ security: TransportSecurity? = nil, good: TransportSecurity? = nil, _ body: (Int) async throws -> Void
    ) async throws {
        let server = RPCServer(
            configuration: .init(host: "127.0.0.1", port: 0, service: .policy, security: try security ?? mesh.security(.policy, .server)),
            services: [ProbeV1.ProbeService(handler: ProbeHandler())], logger: quiet)
        let port = try await server.start()
        do {
            try await body(port)
            let good = try good ?? mesh.security(.ledger, .client)
            #expect(await echo(port, good) == nil, "the server lives on")
        } catch {
            await server.shutdown(grace: .zero)
            throw error
        }
        await server.shutdown(grace: .zero)
    }

    func echo(_ port: Int, _ security: TransportSecurity, expecting: ServiceName = .policy) async -> RPCError? {
        let client = RPCClient(
            configuration: .init(host: "127.0.0.1", port: port, service: expecting, caller: .ledger, security: security), logger: quiet)
        defer { Task { await client.close() } }
        do throws(RPCError) {
            _ = try await ProbeV1.ProbeClient(channel: client).echo(.init(), options: CallOptions(tenant: .acme))
            return nil
        } catch {
            return error
        }
    }

    func tls(_ context: TLSContext) -> TransportSecurity { .tls(TLSContextSource(context)) }

    @Test func aClientOfTheMeshIsLetIn() async throws {
        let security = try mesh.security(.ledger, .client)
        try await withServer { port in #expect(await echo(port, security) == nil) }
    }

    @Test func aClientWithoutACertificateIsRefused() async throws {
        try await withServer { port in
            let error = await echo(port, tls(try mesh.context(nil, .client)))
            #expect(error?.reason == "TLS_HANDSHAKE_FAILED" && error?.message.contains("certificate required") == true, "\(error as Any)")
        }
    }

    @Test func aClientOfAnotherRootIsRefused() async throws {
        let other = try TestMesh()
        let certificate = try other.certificate("ledger")
        let context = try TLSContext(
            certificatePEM: certificate.certificatePEM, keyPEM: certificate.keyPEM.exposedText, caPEM: mesh.root.certificatePEM, role: .client,
            trustDomain: TestMesh.domain)
        try await withServer { port in
            let error = await echo(port, tls(context))
            #expect(error?.code == .unavailable && error?.reason == "TLS_HANDSHAKE_FAILED", "\(error as Any)")
        }
    }

    @Test func aServerOfAnotherRootIsRefused() async throws {
        let other = try TestMesh()
        try await withServer(try other.security(.policy, .server), good: try other.security(.ledger, .client)) { port in
            let error = await echo(port, try mesh.security(.ledger, .client))
            #expect(error?.reason == "TLS_HANDSHAKE_FAILED" && error?.message.contains("certificate verify failed") == true, "\(error as Any)")
        }
    }

    @Test func anotherServiceAnsweringIsRefused() async throws {
        try await withServer { port in
            let error = await echo(port, try mesh.security(.ledger, .client), expecting: .finops)
            #expect(error?.reason == "TLS_HANDSHAKE_FAILED", "\(error as Any)")
        }
    }

    @Test(arguments: ["redis", "no such service", "policy/x", "Ledger"])
    func aCertificateThatNamesNoServiceIsRefused(_ name: String) async throws {
        guard let certificate = try? mesh.certificate(name) else { return }
        let context = try mesh.context(certificate, .client)
        try await withServer { port in #expect(await echo(port, tls(context))?.reason == "TLS_HANDSHAKE_FAILED") }
    }

    @Test func aServiceOfAnotherTrustDomainIsRefused() async throws {
        let context = try mesh.context(mesh.certificate("ledger", domain: "elsewhere.example"), .client)
        try await withServer { port in #expect(await echo(port, tls(context))?.reason == "TLS_HANDSHAKE_FAILED") }
    }

    @Test func anExpiredCertificateIsRefused() async throws {
        let expired = try CertificateAuthority.issueLeaf(
            spiffeID: "spiffe://\(TestMesh.domain)/ledger", dnsNames: [], ipAddresses: [], root: mesh.root, validity: .seconds(60),
            at: Date(timeIntervalSinceNow: -3600))
        try await withServer { port in
            let error = await echo(port, tls(try mesh.context(expired, .client)))
            #expect(error?.message.contains("expired") == true, "\(error as Any)")
        }
    }

    @Test func aCertificateThatIsNotYetValidIsRefused() async throws {
        let early = try CertificateAuthority.issueLeaf(
            spiffeID: "spiffe://\(TestMesh.domain)/ledger", dnsNames: [], ipAddresses: [], root: mesh.root, validity: .seconds(600),
            at: Date(timeIntervalSinceNow: 3600))
        try await withServer { port in
            let error = await echo(port, tls(try mesh.context(early, .client)))
            #expect(error?.reason == "TLS_HANDSHAKE_FAILED", "\(error as Any)")
        }
    }

    /// Both ends judge: a client does not talk to a server whose certificate has expired.
    @Test func aServerWithAnExpiredCertificateIsRefused() async throws {
        let expired = try CertificateAuthority.issueLeaf(
            spiffeID: "spiffe://\(TestMesh.domain)/policy", dnsNames: [], ipAddresses: [], root: mesh.root, validity: .seconds(60),
            at: Date(timeIntervalSinceNow: -3600))
        let source = TLSContextSource(try mesh.context(expired, .server))
        try await withServer(.tls(source)) { port in
            let error = await echo(port, try mesh.security(.ledger, .client))
            #expect(error?.message.contains("expired") == true, "\(error as Any)")
            // And talks to it as soon as it has a good one, without a restart.
            source.replace(with: try mesh.context(mesh.certificate("policy"), .server))
        }
    }

    @Test func aServerThatSpeaksTLS12OnlyIsRefused() async throws {
        let old = try mesh.context(mesh.certificate("policy"), .server)
        SSL_CTX_ctrl(old.pointer, SSL_CTRL_SET_MIN_PROTO_VERSION, CLong(TLS1_2_VERSION), nil)
        SSL_CTX_ctrl(old.pointer, SSL_CTRL_SET_MAX_PROTO_VERSION, CLong(TLS1_2_VERSION), nil)
        let source = TLSContextSource(old)
        try await withServer(.tls(source)) { port in
            #expect(await echo(port, try mesh.security(.ledger, .client))?.reason == "TLS_HANDSHAKE_FAILED")
            source.replace(with: try mesh.context(mesh.certificate("policy"), .server))
        }
    }

    @Test func tls12IsRefused() async throws {
        let context = try mesh.context(mesh.certificate("ledger"), .client)
        SSL_CTX_ctrl(context.pointer, SSL_CTRL_SET_MIN_PROTO_VERSION, CLong(TLS1_2_VERSION), nil)
        SSL_CTX_ctrl(context.pointer, SSL_CTRL_SET_MAX_PROTO_VERSION, CLong(TLS1_2_VERSION), nil)
        try await withServer { port in
            let error = await echo(port, tls(context))
            #expect(error?.message.contains("protocol version") == true, "\(error as Any)")
        }
    }

    @Test func anotherApplicationProtocolIsRefused() async throws {
        try await withServer { port in
            let silent = try mesh.context(mesh.certificate("ledger"), .client, alpn: nil)
            let peer = try await RawPeer.connect(port, silent)
            await peer.sendHello()
            #expect(await peer.untilClosed().frameTypes.isEmpty)
        }
    }

    @Test func aReplacedCertificateIsUsedForTheNextCall() async throws {
        let source = TLSContextSource(try mesh.context(mesh.certificate("finops"), .client))
        let handler = ProbeHandler()
        let server = RPCServer(
            configuration: .init(host: "127.0.0.1", port: 0, service: .policy, security: try mesh.security(.policy, .server)),
            services: [ProbeV1.ProbeService(handler: handler)], logger: quiet)
        let port = try await server.start()
        let client = RPCClient(
            configuration: .init(host: "127.0.0.1", port: port, service: .policy, caller: .ledger, security: .tls(source)), logger: quiet)
        let probe = ProbeV1.ProbeClient(channel: client)
        // The first certificate may not call; the second may. Identity is the connection's, so it must be a new one.
        let refused = await #expect(throws: RPCError.self) { try await probe.echo(.init(), options: CallOptions(tenant: .acme)) }
        #expect(refused?.reason == "CALLER_NOT_ALLOWED")
        source.replace(with: try mesh.context(mesh.certificate("ledger"), .client))
        _ = try await probe.echo(.init(), options: CallOptions(tenant: .acme))
        await client.close()
        await server.shutdown(grace: .zero)
    }

    @Test(arguments: [
        // Not a frame at all; too long; unknown type; a request before the hello; a second hello is tested purely.
        [UInt8]("GET / HTTP/1.1\r\nHost: x\r\n\r\n".utf8),
        [0xFF, 0xFF, 0xFF, 0xFF, 2, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1],
        [0, 0, 0, 0, 99, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1],
        [0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1],
    ])
    func aGarbledFrameClosesThatConnectionOnly(_ bytes: [UInt8]) async throws {
        try await withServer { port in
            let good = RPCClient(
                configuration: .init(
                    host: "127.0.0.1", port: port, service: .policy, caller: .ledger, security: try mesh.security(.ledger, .client)),
                logger: quiet)
            let probe = ProbeV1.ProbeClient(channel: good)
            _ = try await probe.echo(.init(), options: CallOptions(tenant: .acme))
            let peer = try await RawPeer.connect(port, mesh.context(mesh.certificate("copilot"), .client))
            await peer.send(bytes)
            let events = await peer.untilClosed()
            #expect(events.frameTypes.last == .goAway, "\(events)")
            // The other connection never noticed.
            _ = try await probe.echo(.init(), options: CallOptions(tenant: .acme))
            await good.close()
        }
    }

    @Test func aBadMessageFailsItsCallAndNothingElse() async throws {
        try await withServer { port in
            let peer = try await RawPeer.connect(port, mesh.context(mesh.certificate("ledger"), .client))
            await peer.sendHello()
            var metadata = RequestMetadata()
            metadata.tenant = .acme
            var buffer = ByteBuffer()
            // A NUL in a string, then bad UTF-8, then metadata that is none, then a method that does not exist, then a good call.
            buffer.writeFrame(.request, streamID: 1, code: 1, payload: ByteBuffer(bytes: [0x22, 2, 0x61, 0])) { metadata.write(into: &$0) }
            buffer.writeFrame(.request, streamID: 2, code: 1, payload: ByteBuffer(bytes: [0x22, 1, 0xFF])) { metadata.write(into: &$0) }
            buffer.writeFrame(.request, streamID: 3, code: 1) { $0.writeBytes([1, 0, 99]) }
            buffer.writeFrame(.request, streamID: 4, code: 77) { metadata.write(into: &$0) }
            buffer.writeFrame(.request, streamID: 5, code: 1) { metadata.write(into: &$0) }
            await peer.send(Array(buffer.readableBytesView))
            var statuses: [UInt32: StatusCode] = [:]
            for await event in peer.events {
                guard case .frame(let frame) = event, frame.header.type == .response else { continue }
                statuses[frame.header.streamID] = StatusCode(rawValue: frame.header.code)
                if statuses.count == 5 { break }
            }
            #expect(
                statuses == [1: .invalidArgument, 2: .invalidArgument, 3: .invalidArgument, 4: .unimplemented, 5: .ok])
            try? await peer.channel.close()
        }
    }

    @Test func aConnectionCutWithoutCloseNotifyIsNoticed() async throws {
        try await withServer { port in
            let peer = try await RawPeer.connect(port, mesh.context(mesh.certificate("ledger"), .client))
            await peer.sendHello()
            for await event in peer.events { if case .frame = event { break } }
            // Below TLS: the socket ends, and no close_notify is sent.
            try await peer.channel.pipeline.context(handlerType: TLSHandler.self).flatMap { context in
                context.close(mode: .all)
            }.get()
            #expect(await peer.untilClosed().failures == ["TLS: the connection ended without close_notify"])
        }
    }

    @Test func aContextIsRefusedWhereItsPartsDoNotFit() throws {
        let certificate = try mesh.certificate("ledger")
        let other = try mesh.certificate("ledger")
        #expect(throws: TLSError.self) {
            try TLSContext(
                certificatePEM: certificate.certificatePEM, keyPEM: other.keyPEM.exposedText, caPEM: mesh.root.certificatePEM, role: .server)
        }
        #expect(throws: TLSError.configuration("the CA file holds no certificate")) {
            try TLSContext(certificatePEM: nil, keyPEM: nil, caPEM: "nothing", role: .client)
        }
        #expect(throws: TLSError.configuration("a server needs a certificate and its key")) {
            try TLSContext(certificatePEM: nil, keyPEM: nil, caPEM: mesh.root.certificatePEM, role: .server)
        }
        let context = try mesh.context(certificate, .server)
        #expect(try context.certificateThumbprint == Certificate(pem: certificate.certificatePEM).thumbprint.bytes)
    }
}
