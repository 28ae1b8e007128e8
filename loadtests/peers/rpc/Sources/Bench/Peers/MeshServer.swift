internal import Identity
internal import Logging
internal import NIOPosix
internal import RPC
internal import Synchronization
internal import Trust
internal import WireProbe

/// When calls that were cancelled heard of it, and which have begun.
final class Cancellations: Sendable {
    private let times = Mutex<[String: UInt64]>([:])
    private let begun = Mutex<Set<String>>([])

    func begin(_ name: String) { begun.withLock { _ = $0.insert(name) } }
    func hasBegun(_ name: String) -> Bool { begun.withLock { $0.contains(name) } }

    func note(_ name: String) {
        let now = monotonicNanoseconds()
        times.withLock { $0[name] = now }
    }

    var all: [String: UInt64] { times.withLock { $0 } }
}

struct MeshServer: EchoServer {
    let credentials: Credentials
    let cancellations: Cancellations

    func start() async throws -> Int {
        let security = TransportSecurity.tls(TLSContextSource(try credentials.context(of: "policy", role: .server)))
        var configuration = RPCServer.Configuration(
            host: "127.0.0.1", port: 0, service: .policy, security: security,
            delegation: SignedDelegationVerifier(keys: [try credentials.delegationKey().publicKey]), streamsMax: 32_768)
        configuration.observer = CountingObserver()
        let server = RPCServer(
            configuration: configuration, services: [ProbeV1.ProbeService(handler: Handler(cancellations: cancellations))],
            group: MultiThreadedEventLoopGroup(numberOfThreads: 1), logger: Logger(label: "bench") { _ in SwiftLogNoOpLogHandler() })
        return try await server.start()
    }

    private struct Handler: ProbeV1.ProbeHandler {
        let cancellations: Cancellations

        func echo(_ request: ProbeV1.Everything, context: CallContext) async throws -> ProbeV1.Everything {
            if let name = request.names.first { return ProbeV1.Everything(ok: cancellations.hasBegun(name)) }
            if let count = request.counts.first { return ProbeV1.Everything(blobs: [[UInt8](repeating: 1, count: Int(count))]) }
            if request.wide > 0 { burn(microseconds: request.wide) }
            return request
        }

        /// Computes: what it takes cannot be had by another call meanwhile.
        private func burn(microseconds: UInt64) {
            let end = monotonicNanoseconds() + microseconds * 1_000
            while monotonicNanoseconds() < end {}
        }

        func linger(_ request: ProbeV1.Nest, context: CallContext) async throws -> ProbeV1.Nest {
            let name = request.level?.inner?.name ?? ""
            return try await withTaskCancellationHandler {
                cancellations.begin(name)
                try await Task.sleep(for: .seconds(60))
                return request
            } onCancel: {
                cancellations.note(name)
            }
        }

        func recite(_ request: ProbeV1.Everything, writer: MessageWriter<ProbeV1.Everything>, context: CallContext) async throws {
            try await writer.send(request)
        }

        func collect(_ requests: MessageReader<ProbeV1.Everything>, context: CallContext) async throws -> ProbeV1.Everything {
            ProbeV1.Everything()
        }

        func chat(
            _ requests: MessageReader<ProbeV1.Everything>, writer: MessageWriter<ProbeV1.Everything>, context: CallContext
        ) async throws {
            for try await request in requests { try await writer.send(request) }
        }
    }
}
