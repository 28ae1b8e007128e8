import FaultTransport
import Identity
import Logging
import NIOCore
import RPC
import Synchronization
import Trust
import WireProbe

private let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

/// One server and the means to reach it, over connections that fail as a seed says, or over sound ones.
final class FaultyMesh: Sendable {
    let handler = TellingHandler()
    private let server: RPCServer
    private let port: Int
    private let clientSecurity: TransportSecurity

    init(isPlaintext: Bool) async throws {
        let serverSecurity: TransportSecurity
        if isPlaintext {
            serverSecurity = .plaintext(PlaintextPeer(identity: PeerIdentity(service: .ledger, certificateThumbprint: [])))
            clientSecurity = .plaintext(PlaintextPeer(identity: PeerIdentity(service: .policy, certificateThumbprint: [])))
        } else {
            let root = try CertificateAuthority.createRoot(commonName: "test root", validity: .seconds(3600))
            func security(_ service: ServiceName, _ role: TLSContext.Role) throws -> TransportSecurity {
                let leaf = try CertificateAuthority.issueLeaf(
                    spiffeID: "spiffe://test.provable/\(service)", dnsNames: ["localhost"], ipAddresses: ["127.0.0.1"], root: root,
                    validity: .seconds(3600))
                return .tls(
                    TLSContextSource(
                        try TLSContext(
                            certificatePEM: leaf.certificatePEM, keyPEM: leaf.keyPEM.exposedText, caPEM: root.certificatePEM, role: role,
                            trustDomain: "test.provable")))
            }
            serverSecurity = try security(.policy, .server)
            clientSecurity = try security(.ledger, .client)
        }
        server = RPCServer(
            configuration: .init(host: "127.0.0.1", port: 0, service: .policy, security: serverSecurity),
            services: [ProbeV1.ProbeService(handler: handler)], logger: quiet)
        port = try await server.start()
    }

    /// - Parameter transport: Nil for sound connections.
    func client(
        _ transport: FaultyTransport?, observer: (any CallObserver)? = nil, _ change: (inout RPCClient.Configuration) -> Void = { _ in }
    ) -> RPCClient {
        var configuration = RPCClient.Configuration(
            host: "127.0.0.1", port: port, service: .policy, caller: .ledger, security: clientSecurity)
        configuration.observer = observer
        // What is tried again is tried again however often it has failed: the property holds without the throttle's mercy.
        configuration.retries?.throttle.tokensMax = 1_000_000
        transport?.install(in: &configuration)
        change(&configuration)
        return RPCClient(configuration: configuration, logger: quiet)
    }

    func stop() async { await server.shutdown(grace: .zero) }
}

/// Answers with what it was asked, and knows how often it ran for each call that may run once only.
final class TellingHandler: ProbeV1.ProbeHandler {
    typealias Everything = ProbeV1.Everything
    private let runs = Mutex<[String: Int]>([:])

    var all: [String: Int] { runs.withLock { $0 } }

    func echo(_ request: Everything, context: CallContext) async throws -> Everything { request }

    /// Not idempotent: the name says which call it is.
    func linger(_ request: ProbeV1.Nest, context: CallContext) async throws -> ProbeV1.Nest {
        let name = request.level?.inner?.name ?? ""
        runs.withLock { $0[name, default: 0] += 1 }
        return request
    }

    func recite(_ request: Everything, writer: MessageWriter<Everything>, context: CallContext) async throws {
        for count in request.counts { try await writer.send(Everything(counts: [count], blobs: request.blobs)) }
    }

    func collect(_ requests: MessageReader<Everything>, context: CallContext) async throws -> Everything {
        var names: [String] = []
        for try await request in requests { names += request.names }
        return Everything(names: names)
    }

    func chat(_ requests: MessageReader<Everything>, writer: MessageWriter<Everything>, context: CallContext) async throws {
        for try await request in requests { try await writer.send(request) }
    }
}

/// How often each call was recorded.
final class CountedRecords: CallObserver {
    private let count = Atomic<Int>(0)
    var total: Int { count.load(ordering: .relaxed) }
    func callEnded(_ record: CallRecord) { count.add(1, ordering: .relaxed) }
}
