import ConnectorsCore
import FoundationEssentials
import JSON
import StubVendors
import Synchronization
import TestKit
import Trust

@testable import ConnectorsService

/// Carries requests to the vendors' stubs without a socket, and can lose what comes back.
final class StubTransport: VendorTransport {
    enum Mishap {
        /// It happens, and the answer does not come.
        case loseAnswer
        /// It happens, and then nothing more until the task is cancelled.
        case hang
        /// It does not happen, and then nothing more until the task is cancelled.
        case hangBefore
    }

    let world = Mutex(StubWorld())
    let mishaps = Mutex<[Mishap]>([])
    let authorizations = Mutex<[String]>([])
    /// Rung when a request hangs.
    let hanging = AsyncStream<Void>.makeStream()
    private let clock: ManualClock
    private let mesh: FakeMesh

    init(clock: ManualClock, mesh: FakeMesh) {
        self.clock = clock
        self.mesh = mesh
    }

    func send(_ request: RenderedRequest, _ access: VendorAccess, timeout: Duration) async -> VendorExchange {
        do throws(EgressRefusal) { try access.egress.check(request, base: access.base) } catch { return .refused(error) }
        let mishap: Mishap? = request.method == "GET" ? nil : mishaps.withLock { $0.isEmpty ? nil : $0.removeFirst() }
        if mishap == .hangBefore { return await hang() }
        let exchange = deliver(request, access)
        switch mishap {
        case .loseAnswer: return .noAnswer(reason: "lost", isTimeout: true)
        case .hang: return await hang()
        case .hangBefore, nil: return exchange
        }
    }

    private func hang() async -> VendorExchange {
        hanging.continuation.yield()
        try? await Task.sleep(for: .seconds(3_600))
        return .noAnswer(reason: "the process ended", isTimeout: true)
    }

    private func deliver(_ request: RenderedRequest, _ access: VendorAccess) -> VendorExchange {
        if request.method != "GET" { mesh.note("vendor \(request.method)") }
        var headers = Dictionary(request.headers.map { ($0.name.lowercased(), $0.value) }, uniquingKeysWith: { first, _ in first })
        headers["authorization"] = access.authorization?.exposedText
        authorizations.withLock { $0.append(access.authorization?.exposedText ?? "") }
        var query: [String: String] = [:]
        for pair in request.query.split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1).map { PercentEncoding.decode($0.utf8) ?? "" }
            query[parts[0]] = parts.count == 2 ? parts[1] : ""
        }
        let path = (access.base.prefix + request.path).split(separator: "/").map { PercentEncoding.decode($0.utf8) ?? "" }
        let stubRequest = StubRequest(method: request.method, path: path, query: query, headers: headers, body: request.body ?? [])
        clock.advance(by: .milliseconds(10))
        let reply = world.withLock { $0.handle(stubRequest, at: clock.now) }
        let bytes = reply.response.body?.encoded() ?? []
        let sent = Dictionary(reply.response.headers.map { ($0.name.lowercased(), $0.value) }, uniquingKeysWith: { first, _ in first })
        return .response(
            VendorResponse(status: reply.response.status, headers: sent, body: reply.isTruncated ? Array(bytes.prefix(bytes.count / 2)) : bytes))
    }

    var effects: [Effect] { world.withLock { $0.journal.effects } }

    func fault(_ vendor: String, _ kind: String, count: Int = 1, method: String? = nil) {
        var body: JSONObject = ["vendor": .string(vendor), "kind": .string(kind), "count": .int(Int64(count))]
        body["method"] = method.map { .string($0) }
        let request = StubRequest(method: "POST", path: ["_admin", "faults"], body: JSONValue.object(body).encoded())
        _ = world.withLock { $0.handle(request, at: clock.now) }
    }
}
