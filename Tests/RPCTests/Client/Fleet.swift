import Identity
import NIOConcurrencyHelpers
import NIOCore
import WireProbe

@testable import RPC

/// Several servers of one service, and what happened at them.
final class Fleet: Sendable {
    let mesh: TestMesh
    let servers: [RPCServer]
    let handlers: [CountingHandler]
    let ports: [Int]

    init(_ count: Int, mesh: TestMesh, isPlaintext: Bool = false, ports wanted: [Int] = []) async throws {
        var servers: [RPCServer] = []
        var handlers: [CountingHandler] = []
        var ports: [Int] = []
        for index in 0..<count {
            let handler = CountingHandler()
            let server = RPCServer(
                configuration: .init(
                    host: "127.0.0.1", port: wanted.indices.contains(index) ? wanted[index] : 0, service: .policy,
                    security: isPlaintext
                        ? .plaintext(.init(identity: .init(service: .ledger, certificateThumbprint: []))) : try mesh.security(.policy, .server)),
                services: [ProbeV1.ProbeService(handler: handler)], logger: quiet)
            ports.append(try await server.start())
            servers.append(server)
            handlers.append(handler)
        }
        self.mesh = mesh
        self.servers = servers
        self.handlers = handlers
        self.ports = ports
    }

    func configuration(ports: [Int]? = nil, isPlaintext: Bool = false) throws -> RPCClient.Configuration {
        RPCClient.Configuration(
            addresses: (ports ?? self.ports).map { .init(host: "127.0.0.1", port: $0) }, service: .policy, caller: .ledger,
            security: isPlaintext
                ? .plaintext(.init(identity: .init(service: .policy, certificateThumbprint: []))) : try mesh.security(.ledger, .client))
    }

    func stop() async { for server in servers { await server.shutdown(grace: .zero) } }
}

/// Runs the body with a fleet and a client of it, and ends both.
func withFleet(
    _ count: Int, isPlaintext: Bool = false, ports: @Sendable ([Int]) async throws -> [Int] = { $0 },
    _ change: (inout RPCClient.Configuration) -> Void = { _ in }, _ body: (Fleet, RPCClient) async throws -> Void
) async throws {
    let fleet = try await Fleet(count, mesh: TestMesh(), isPlaintext: isPlaintext)
    var configuration = try fleet.configuration(ports: try await ports(fleet.ports), isPlaintext: isPlaintext)
    change(&configuration)
    let client = RPCClient(configuration: configuration, logger: quiet)
    let result: Result<Void, any Error>
    do {
        try await body(fleet, client)
        result = .success(())
    } catch { result = .failure(error) }
    await client.close()
    await fleet.stop()
    try result.get()
}

/// Answers with what it was asked, counts, keeps results by idempotency key, and fails or hangs as it is told.
final class CountingHandler: ProbeV1.ProbeHandler {
    enum Mood: Sendable { case well, failing(RPCError), hanging }

    struct State {
        var mood = Mood.well
        var calls = 0
        var effects: [String: Int] = [:]
        var results: [String: ProbeV1.Everything] = [:]
    }

    let state = NIOLockedValueBox(State())
    let hung = AsyncStream.makeStream(of: Void.self)
    let cancelled = AsyncStream.makeStream(of: Void.self)

    var calls: Int { state.withLockedValue { $0.calls } }
    func be(_ mood: Mood) { state.withLockedValue { $0.mood = mood } }

    func echo(_ request: ProbeV1.Everything, context: CallContext) async throws -> ProbeV1.Everything {
        let mood = state.withLockedValue { state in
            state.calls += 1
            return state.mood
        }
        switch mood {
        case .well: break
        case .failing(let error): throw error
        case .hanging:
            hung.continuation.yield()
            defer { cancelled.continuation.yield() }
            try await Task.sleep(for: .seconds(60))
        }
        guard let key = context.idempotencyKey else { return request }
        return state.withLockedValue { state in
            if let result = state.results[key] { return result }
            state.effects[key, default: 0] += 1
            state.results[key] = request
            return request
        }
    }

    func linger(_ request: ProbeV1.Nest, context: CallContext) async throws -> ProbeV1.Nest {
        _ = state.withLockedValue { $0.calls += 1 }
        if case .failing(let error) = state.withLockedValue({ $0.mood }) { throw error }
        return request
    }

    func recite(_ request: ProbeV1.Everything, writer: MessageWriter<ProbeV1.Everything>, context: CallContext) async throws {}
    func collect(_ requests: MessageReader<ProbeV1.Everything>, context: CallContext) async throws -> ProbeV1.Everything { .init() }
    func chat(_ requests: MessageReader<ProbeV1.Everything>, writer: MessageWriter<ProbeV1.Everything>, context: CallContext) async throws {}
}

/// Keeps every record.
final class Records: CallObserver {
    private let records = NIOLockedValueBox<[CallRecord]>([])
    var all: [CallRecord] { records.withLockedValue { $0 } }
    func callEnded(_ record: CallRecord) { records.withLockedValue { $0.append(record) } }
}

/// Names that tests change.
final class TestNames: NameLookup {
    private let hosts: NIOLockedValueBox<[String]?>
    private let asked = NIOLockedValueBox(0)

    init(_ hosts: [String]?) { self.hosts = NIOLockedValueBox(hosts) }
    func change(_ hosts: [String]?) { self.hosts.withLockedValue { $0 = hosts } }
    var lookups: Int { asked.withLockedValue { $0 } }

    func addresses(of host: String) async throws(NameUnresolved) -> [String] {
        asked.withLockedValue { $0 += 1 }
        guard let hosts = hosts.withLockedValue({ $0 }) else { throw NameUnresolved(host: host, problem: "no such name") }
        return hosts
    }
}

extension RPCClient {
    /// Calls echo and says how it failed, if it did. The answer must be to this request.
    func echo(_ name: String = "x", _ options: CallOptions = CallOptions(tenant: .acme)) async -> RPCError? {
        do throws(RPCError) {
            let answer = try await ProbeV1.ProbeClient(channel: self).echo(.init(names: [name]), options: options)
            return answer.names == [name] ? nil : RPCError(.dataLoss, reason: "WRONG_ANSWER", message: "\(answer.names) to \(name)")
        } catch {
            return error
        }
    }

    /// Many callers at once, each one call after the other. The result is what failed.
    func load(callers: Int, calls: Int, during body: @Sendable () async throws -> Void = {}) async throws -> [RPCError] {
        try await withThrowingTaskGroup(of: [RPCError].self) { group in
            for caller in 0..<callers {
                group.addTask {
                    var failures: [RPCError] = []
                    for call in 0..<calls { if let error = await self.echo("\(caller)/\(call)") { failures.append(error) } }
                    return failures
                }
            }
            try await body()
            return try await group.reduce(into: []) { $0 += $1 }
        }
    }
}
