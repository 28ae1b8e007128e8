import ConnectorsCore
import Glibc
import Testing
import Trust

@testable import ConnectorsService

/// The transport on real sockets.
@Suite struct HTTPVendorTransportTests {
    static let rules = [EgressRule(hosts: [HostPattern("localhost")], methods: ["GET", "POST"], paths: [PathPattern("/things/*")])]

    func access(_ url: String, development: Set<String>) throws -> VendorAccess {
        VendorAccess(
            base: try VendorURL(url), egress: EgressPolicy(rules: Self.rules, development: development), authorization: Secret("Bearer canary"))
    }

    func exchange(
        _ behaviour: VendorServer.Behaviour, method: String = "POST", path: String = "/things/1", timeout: Duration = .seconds(10)
    ) async throws -> (VendorExchange, [String]) {
        let server = try await VendorServer(behaviour)
        let transport = HTTPVendorTransport()
        let address = "127.0.0.1:\(server.port)"
        let request = RenderedRequest(
            method: method, path: path, query: "q=a%20b", headers: [.init(name: "X-Key", value: "k")],
            body: method == "GET" ? nil : Array(#"{"a":1}"#.utf8))
        let exchange = await transport.send(request, try access("http://\(address)/prefix", development: [address]), timeout: timeout)
        await transport.close()
        try await server.stop()
        return (exchange, server.received)
    }

    static func answer(_ status: String, _ body: String = "", headers: String = "") -> VendorServer.Behaviour {
        .answer("HTTP/1.1 \(status)\r\nContent-Length: \(body.utf8.count)\r\n\(headers)\r\n\(body)")
    }

    @Test func aRequestArrivesWholeAndItsAnswerToo() async throws {
        let (exchange, received) = try await exchange(Self.answer("201 Created", #"{"id":1}"#, headers: "X-RateLimit-Remaining: 5\r\n"))
        guard case .response(let response) = exchange else { Issue.record("\(exchange)"); return }
        #expect(response.status == 201 && response.headers["x-ratelimit-remaining"] == "5" && response.body == Array(#"{"id":1}"#.utf8))
        let request = try #require(received.first)
        #expect(request.hasPrefix("POST /prefix/things/1?q=a%20b HTTP/1.1\r\n"))
        #expect(request.contains("Authorization: Bearer canary\r\n") && request.contains("X-Key: k\r\n") && request.hasSuffix(#"{"a":1}"#))
    }

    @Test func aRedirectIsNotFollowed() async throws {
        let (exchange, received) = try await exchange(Self.answer("302 Found", headers: "Location: http://169.254.169.254/\r\n"), method: "GET")
        guard case .response(let response) = exchange else { Issue.record("\(exchange)"); return }
        #expect(response.status == 302 && received.count == 1)
    }

    @Test func aConnectionThatIsRefusedSentNothing() async throws {
        // Bound and not listened on: nobody else gets the port, and nobody answers.
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var bound = sockaddr_in()
        bound.sin_family = sa_family_t(AF_INET)
        bound.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafeMutablePointer(to: &bound) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { _ = (bind(descriptor, $0, length), getsockname(descriptor, $0, &length)) }
        }
        let transport = HTTPVendorTransport()
        let address = "127.0.0.1:\(UInt16(bigEndian: bound.sin_port))"
        let request = RenderedRequest(method: "GET", path: "/things/1", query: "", headers: [])
        let exchange = await transport.send(request, try access("http://\(address)", development: [address]), timeout: .seconds(5))
        await transport.close()
        guard case .notSent = exchange else { Issue.record("\(exchange)"); return }
    }

    @Test func aVendorThatHangsUpLeavesADoubt() async throws {
        let (exchange, received) = try await exchange(.hangUp)
        guard case .noAnswer(_, isTimeout: false) = exchange else { Issue.record("\(exchange)"); return }
        #expect(received.count == 1)
    }

    @Test func aVendorThatSaysNothingIsATimeout() async throws {
        let (exchange, _) = try await exchange(.silence, timeout: .milliseconds(300))
        guard case .noAnswer(_, isTimeout: true) = exchange else { Issue.record("\(exchange)"); return }
    }

    @Test func anAnswerHasALimit() async throws {
        let (exchange, _) = try await exchange(
            Self.answer("200 OK", String(repeating: "x", count: HTTPVendorTransport.answerBytesMax + 1)), method: "GET")
        guard case .noAnswer = exchange else { Issue.record("an answer beyond the limit was read"); return }
    }

    @Test func whatTheListDoesNotAllowIsNotSent() async throws {
        let (exchange, received) = try await exchange(Self.answer("200 OK"), path: "/other")
        guard case .refused = exchange else { Issue.record("\(exchange)"); return }
        #expect(received.isEmpty)
    }

    /// The name is on the list, and leads inwards.
    @Test func aNameThatLeadsInwardsIsRefused() async throws {
        let transport = HTTPVendorTransport()
        let request = RenderedRequest(method: "GET", path: "/things/1", query: "", headers: [])
        let exchange = await transport.send(request, try access("https://localhost", development: []), timeout: .seconds(5))
        await transport.close()
        guard case .refused(let refusal) = exchange else { Issue.record("\(exchange)"); return }
        #expect(refusal.description.contains("not a public address"))
    }

    /// A name is resolved once, and the connection is made to the address that was checked.
    @Test func aNameIsPinnedToItsAddress() async throws {
        let server = try await VendorServer(Self.answer("200 OK", "{}"))
        let transport = HTTPVendorTransport()
        let request = RenderedRequest(method: "GET", path: "/things/1", query: "", headers: [])
        let url = "http://localhost:\(server.port)"
        let exchange = await transport.send(request, try access(url, development: ["localhost:\(server.port)"]), timeout: .seconds(5))
        // Where the system puts ::1 first, nobody listens there; what matters is that no second resolution chose another.
        switch exchange {
        case .response(let response):
            #expect(response.status == 200 && server.received.first?.lowercased().contains("host: localhost:\(server.port)\r\n") == true)
        case .notSent: #expect(server.received.isEmpty)
        default: Issue.record("\(exchange)")
        }
        await transport.close()
        try await server.stop()
    }
}
