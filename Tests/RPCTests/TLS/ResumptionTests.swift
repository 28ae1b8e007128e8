import Identity
import NIOCore
import Testing
import Trust

@testable import RPC

/// Two ends without a socket between them.
@Suite struct ResumptionTests {
    let mesh: TestMesh

    init() throws { mesh = try TestMesh() }

    struct Ends {
        let client: TLSConnection
        let server: TLSConnection
        var clientProgress = TLSConnection.Progress.needsInput
        var serverProgress = TLSConnection.Progress.needsInput

        init(_ client: TLSContext, _ server: TLSContext, expecting: PeerExpectation = .service(.policy)) throws {
            self.client = try TLSConnection(context: client, expecting: expecting)
            self.server = try TLSConnection(context: server, expecting: .anyService)
        }

        /// Hands over what either has to say until both are silent.
        mutating func shakeHands() {
            for _ in 0..<10 {
                if clientProgress == .needsInput { clientProgress = client.handshake() }
                if let bytes = client.takeOutput() { server.feed(bytes) }
                if serverProgress == .needsInput { serverProgress = server.handshake() }
                if let bytes = server.takeOutput() { client.feed(bytes) }
            }
            // The ticket comes after the handshake.
            if clientProgress == .done {
                var buffer = ByteBuffer()
                _ = client.read(into: &buffer)
            }
        }
    }

    func connect(_ client: TLSContext, _ server: TLSContext, expecting: PeerExpectation = .service(.policy)) throws -> Ends {
        var ends = try Ends(client, server, expecting: expecting)
        ends.shakeHands()
        return ends
    }

    func context(_ service: String, _ role: TLSContext.Role, validity: Duration = .seconds(3600)) throws -> TLSContext {
        try mesh.context(mesh.certificate(service, validity: validity), role)
    }

    @Test func theSecondConnectionIsResumedAndBothKnowEachOther() throws {
        let (client, server) = (try context("ledger", .client), try context("policy", .server))
        let first = try connect(client, server)
        #expect(first.clientProgress == .done && first.serverProgress == .done)
        #expect(!first.client.isResumed && !first.server.isResumed)
        let second = try connect(client, server)
        #expect(second.clientProgress == .done && second.serverProgress == .done)
        #expect(second.client.isResumed && second.server.isResumed)
        #expect(second.server.peer == first.server.peer && second.server.peer?.service == .ledger)
        #expect(second.client.peer == first.client.peer && second.client.peer?.service == .policy)
        #expect(second.server.peer?.certificateThumbprint == client.certificateThumbprint)
    }

    @Test func whoDoesNotResumeDoesNot() throws {
        func context(_ service: String, _ role: TLSContext.Role, resumes: Bool) throws -> TLSContext {
            let certificate = try mesh.certificate(service)
            return try TLSContext(
                certificatePEM: certificate.certificatePEM, keyPEM: certificate.keyPEM.exposedText, caPEM: mesh.root.certificatePEM, role: role,
                trustDomain: TestMesh.domain, resumes: resumes)
        }
        for (clientResumes, serverResumes) in [(true, false), (false, true)] {
            let (client, server) = (
                try context("ledger", .client, resumes: clientResumes), try context("policy", .server, resumes: serverResumes)
            )
            for _ in 0..<2 {
                let ends = try connect(client, server)
                #expect(ends.clientProgress == .done && ends.serverProgress == .done && !ends.server.isResumed)
            }
        }
    }

    @Test func aTicketIsUsedOnce() throws {
        let (client, server) = (try context("ledger", .client), try context("policy", .server))
        _ = try connect(client, server)
        #expect(client.sessions?.count(for: .service(.policy)) == 1)
        // Taken by this one, whose handshake never ends.
        _ = try Ends(client, server)
        #expect(client.sessions?.count(for: .service(.policy)) == 0)
        #expect(try connect(client, server).server.isResumed == false)
    }

    @Test func aReplacedServerCertificateMeansAFullHandshake() throws {
        let client = try context("ledger", .client)
        _ = try connect(client, try context("policy", .server))
        let second = try connect(client, try context("policy", .server))
        #expect(second.clientProgress == .done && !second.client.isResumed)
        #expect(second.server.peer?.service == .ledger)
    }

    @Test func aReplacedClientCertificateMeansAFullHandshake() throws {
        let server = try context("policy", .server)
        _ = try connect(try context("ledger", .client), server)
        let renewed = try context("ledger", .client)
        let second = try connect(renewed, server)
        #expect(!second.server.isResumed && second.server.peer?.certificateThumbprint == renewed.certificateThumbprint)
    }

    @Test func aTicketIsForWhomItCameFrom() throws {
        let (client, server) = (try context("ledger", .client), try context("policy", .server))
        _ = try connect(client, server)
        let other = try connect(client, server, expecting: .service(.finops))
        #expect(other.clientProgress != .done && other.client.peer == nil)
        #expect(client.sessions?.count(for: .service(.policy)) == 1)
    }

    /// Resumption must not make a certificate live longer: it is judged as of now.
    @Test func aCertificateThatHasExpiredIsNotResumed() throws {
        let check = PeerCheck(.anyService, trustDomain: TestMesh.domain)
        let expired = try ParsedCertificate(certificate: mesh.certificate("ledger", validity: .seconds(-10)))
        #expect(!check.acceptsResumed(expired.pointer))
        let valid = try ParsedCertificate(certificate: mesh.certificate("ledger"))
        #expect(check.acceptsResumed(valid.pointer))
        #expect(!PeerCheck(.service(.policy), trustDomain: TestMesh.domain).acceptsResumed(valid.pointer))
        #expect(!PeerCheck(.anyService, trustDomain: "elsewhere").acceptsResumed(valid.pointer))
        #expect(!check.acceptsResumed(nil))
    }

    @Test func theCacheHasBounds() throws {
        let (client, server) = (try context("ledger", .client), try context("policy", .server))
        let cache = try #require(client.sessions)
        for _ in 0..<10 {
            // All begun before any ticket is there, so that none is used up.
            var ends = try (0..<2).map { _ in try Ends(client, server) }
            for index in ends.indices { ends[index].shakeHands() }
        }
        #expect(cache.count(for: .service(.policy)) <= SessionCache.sessionsPerPeerMax)
    }
}
