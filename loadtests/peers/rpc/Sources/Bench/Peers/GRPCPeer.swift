internal import GRPCCore
internal import GRPCNIOTransportHTTP2Posix
internal import GRPCProtobuf
internal import NIOPosix
internal import SwiftProtobuf

internal import struct Foundation.Data

/// grpc-swift-2 with its own transport and swift-protobuf messages, over mutual TLS.
struct GRPCEchoClient: EchoClient {
    private let probe: Provable_Probe_V1_Probe.Client<HTTP2ClientTransport.Posix>

    init(port: Int, coalescesFlushes: Bool, credentials: Credentials) throws {
        let transport = try HTTP2ClientTransport.Posix(
            target: .ipv4(address: "127.0.0.1", port: port),
            transportSecurity: .mTLS(
                certificateChain: [.file(path: credentials.path("gateway.pem"), format: .pem)],
                privateKey: .file(path: credentials.path("gateway.key"), format: .pem)
            ) {
                $0.trustRoots = .certificates([.file(path: credentials.path("root.pem"), format: .pem)])
                // The service's name is what the mesh checks, too; not the address.
                $0.serverCertificateVerification = .noHostnameVerification
            },
            config: .defaults { if !coalescesFlushes { $0.connection.flushCoalescing = nil } },
            eventLoopGroup: MultiThreadedEventLoopGroup(numberOfThreads: 1))
        let client = GRPCClient(transport: transport)
        // It runs for the life of the process.
        Task { try await client.runConnections() }
        probe = Provable_Probe_V1_Probe.Client(wrapping: client)
    }

    func echo(_ bytes: [UInt8]) async throws -> [UInt8] {
        var options = CallOptions.defaults
        options.timeout = .seconds(5)
        let answer = try await probe.echo(.with { $0.blobs = [Data(bytes)] }, options: options)
        return Array(answer.blobs.first ?? Data())
    }
}

struct GRPCEchoServer: EchoServer {
    let coalescesFlushes: Bool
    let credentials: Credentials

    func start() async throws -> Int {
        let server = GRPCServer(
            transport: .http2NIOPosix(
                address: .ipv4(host: "127.0.0.1", port: 0),
                transportSecurity: .mTLS(
                    certificateChain: [.file(path: credentials.path("policy.pem"), format: .pem)],
                    privateKey: .file(path: credentials.path("policy.key"), format: .pem)
                ) { $0.trustRoots = .certificates([.file(path: credentials.path("root.pem"), format: .pem)]) },
                config: .defaults { if !coalescesFlushes { $0.connection.flushCoalescing = nil } },
                eventLoopGroup: MultiThreadedEventLoopGroup(numberOfThreads: 1)),
            services: [Handler()])
        Task { try await server.serve() }
        guard let port = try await server.listeningAddress?.ipv4?.port else { throw BenchError("the server has no address") }
        return port
    }

    private struct Handler: Provable_Probe_V1_Probe.SimpleServiceProtocol {
        typealias Everything = Provable_Probe_V1_Everything
        typealias Nest = Provable_Probe_V1_Nest

        func echo(request: Everything, context: ServerContext) async throws -> Everything { request }
        func linger(request: Nest, context: ServerContext) async throws -> Nest { request }
        func recite(request: Everything, response: RPCWriter<Everything>, context: ServerContext) async throws {}
        func collect(request: RPCAsyncSequence<Everything, any Error>, context: ServerContext) async throws -> Everything { Everything() }
        func chat(
            request: RPCAsyncSequence<Everything, any Error>, response: RPCWriter<Everything>, context: ServerContext
        ) async throws {}
    }
}
