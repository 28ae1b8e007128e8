import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import RPC
import ServiceLifecycle
import Testing
import Wire
import WireRuntime

@testable import GatewayService

@Suite(.timeLimit(.minutes(1))) struct EventStreamTests {
    private func stream(_ person: Person, _ headers: HTTPFields = [:]) async -> Response {
        var all = person.headers
        all.append(contentsOf: headers)
        let head = HTTPRequest(method: .get, scheme: "http", authority: "test", path: "/v1/events", headerFields: all)
        return await person.door.responder.respond(to: Request(head: head, body: RequestBody(buffer: ByteBuffer())), address: "192.0.2.1")
    }

    /// One event after the given cursor, then nothing until the call is cancelled.
    private func tell(_ door: Door) {
        door.mesh.on(FlowV1.Methods.listActivity) { call in
            let request = try FlowV1.ListActivityRequest(decoding: call.payload)
            guard request.after == 7 else {
                try await Task.sleep(for: .seconds(3_600))
                return FlowV1.ListActivityResponse()
            }
            return FlowV1.ListActivityResponse(
                events: [FlowV1.ActivityEvent(cursor: 8, kind: "run.started", dataJSON: Array(#"{"a":1}"#.utf8))], lastCursor: 8)
        }
    }

    @Test func aStreamThatWaitsEndsWhenTheProcessIsToStop() async throws {
        let door = try Door()
        tell(door)
        let response = await stream(try await door.signIn(), [.lastEventID: "7"])
        #expect(response.status == .ok)
        let collected = Collected()
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let group = ServiceGroup(services: [Streaming(response: response, collected: collected)], logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            while !collected.text.contains("event: run.started") { await Task.yield() }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
        #expect(collected.text == "retry: 2000\n\nid: 8\nevent: run.started\ndata: {\"a\":1}\n\n")
        #expect(collected.isEnded)
    }

    @Test func aBrowserThatIsGoneIsNoError() async throws {
        let door = try Door()
        tell(door)
        let response = await stream(try await door.signIn(), [.lastEventID: "7"])
        let collected = Collected()
        try await response.body.write(CollectingWriter(into: collected, writesMax: 1))
        #expect(collected.isEnded)
    }

    @Test func aStreamEndsWithItsSession() async throws {
        let door = try Door()
        let person = try await door.signIn()
        door.mesh.on(FlowV1.Methods.listActivity) { _ in
            try await door.sessions.end(person.session.token)
            return FlowV1.ListActivityResponse(events: [], lastCursor: 3)
        }
        let response = await stream(person)
        let collected = Collected()
        try await response.body.write(CollectingWriter(into: collected))
        #expect(collected.text == "retry: 2000\n\nid: 3\n\n")
        #expect(collected.isEnded)
    }

    @Test func aForeignPositionIsRefused() async throws {
        let person = try await Door().signIn()
        #expect(await stream(person, [.lastEventID: "x"]).status == .badRequest)
    }
}

private struct Streaming: Service {
    let response: Response
    let collected: Collected

    func run() async throws {
        try await response.body.write(CollectingWriter(into: collected))
        // A service that ends by itself would end the group with an error.
        try await gracefulShutdown()
    }
}
