import Identity
import NIOCore
import Testing
import WireProbe

@testable import RPC

/// The same over real TLS sockets and within one process.
@Suite(.timeLimit(.minutes(1))) struct StreamingCallTests {
    typealias Message = ProbeV1.Everything

    enum Way: CaseIterable { case sockets, inProcess }

    let mesh: TestMesh
    let handler = ProbeHandler()
    /// Other tests may keep the machine busy.
    let patient = CallOptions(timeout: .seconds(50))

    init() throws { mesh = try TestMesh() }

    func withProbe(_ way: Way, _ body: (ProbeV1.ProbeClient) async throws -> Void) async throws {
        switch way {
        case .inProcess:
            try await body(
                ProbeV1.ProbeClient(
                    channel: InProcessChannel(
                        services: [ProbeV1.ProbeService(handler: handler)],
                        from: PeerIdentity(service: .ledger, certificateThumbprint: []))))
        case .sockets:
            let server = RPCServer(
                configuration: .init(host: "127.0.0.1", port: 0, service: .policy, security: try mesh.security(.policy, .server)),
                services: [ProbeV1.ProbeService(handler: handler)], logger: quiet)
            let port = try await server.start()
            let client = RPCClient(
                configuration: .init(
                    host: "127.0.0.1", port: port, service: .policy, caller: .ledger, security: try mesh.security(.ledger, .client)),
                logger: quiet)
            let outcome: Result<Void, any Error>
            do { outcome = .success(try await body(ProbeV1.ProbeClient(channel: client))) } catch { outcome = .failure(error) }
            await client.close()
            await server.shutdown(grace: .zero)
            try outcome.get()
        }
    }

    @Test(arguments: Way.allCases) func manyMessagesComeBackInOrder(way: Way) async throws {
        try await withProbe(way) { probe in
            let counts = try await probe.recite(Message(counts: Array(0..<500)), options: patient) { answers in
                var counts: [UInt64] = []
                for try await answer in answers { counts += answer.counts }
                return counts
            }
            #expect(counts == Array(0..<500))
        }
    }

    @Test(arguments: Way.allCases) func manyMessagesGoThere(way: Way) async throws {
        try await withProbe(way) { probe in
            let answer = try await probe.collect(options: patient) { writer in
                for index in 0..<300 { try await writer.send(Message(names: ["\(index)"])) }
            }
            #expect(answer.names == (0..<300).map(String.init))
        }
    }

    @Test(arguments: Way.allCases) func noMessagesAtAll(way: Way) async throws {
        try await withProbe(way) { probe in
            #expect(try await probe.collect(options: patient, { _ in }).names == [])
            let count = try await probe.recite(Message(), options: patient) { answers in
                var count = 0
                for try await _ in answers { count += 1 }
                return count
            }
            #expect(count == 0)
        }
    }

    @Test(arguments: Way.allCases) func bothWaysAtOnce(way: Way) async throws {
        try await withProbe(way) { probe in
            try await probe.chat(options: patient) { writer, answers in
                for index in 0..<200 {
                    let message = Message(names: ["\(index)"], blobs: [[UInt8](repeating: UInt8(index), count: index * 91)])
                    try await writer.send(message)
                    #expect(try await answers.next() == message)
                }
                writer.finish()
                #expect(try await answers.next() == nil)
            }
        }
    }

    @Test(arguments: Way.allCases) func largeMessagesCross(way: Way) async throws {
        try await withProbe(way) { probe in
            let blob = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
            try await probe.chat(options: patient) { writer, answers in
                for index in 0..<3 {
                    let message = Message(names: ["\(index)"], blobs: [blob])
                    async let sent: Void = writer.send(message)
                    #expect(try await answers.next() == message)
                    try await sent
                }
                writer.finish()
            }
            let message = Message(blobs: [blob])
            #expect(try await probe.echo(message, options: CallOptions(tenant: .acme)) == message)
        }
    }

    @Test func largeAndSmallCallsShareAConnection() async throws {
        try await withProbe(.sockets) { probe in
            try await withThrowingTaskGroup(of: Bool.self) { group in
                for index in 0..<60 {
                    group.addTask {
                        let size = index % 6 == 0 ? 1_000_000 : 100
                        let message = Message(names: ["\(index)"], blobs: [[UInt8](repeating: UInt8(index), count: size)])
                        return try await probe.echo(message, options: CallOptions(tenant: .acme, timeout: .seconds(30))) == message
                    }
                }
                for try await isSame in group { #expect(isSame) }
            }
        }
    }

    @Test(arguments: Way.allCases) func aFailureComesAfterTheMessages(way: Way) async throws {
        try await withProbe(way) { probe in
            let error = await #expect(throws: RPCError.self) {
                try await probe.recite(Message(names: ["fail"], counts: Array(0..<50)), options: patient) { answers in
                    var expected: UInt64 = 0
                    do {
                        for try await answer in answers {
                            #expect(answer.counts == [expected])
                            expected += 1
                        }
                    } catch {
                        #expect(expected == 50)
                        throw error
                    }
                }
            }
            #expect(error?.reason == "NOT_NOW")
        }
    }

    @Test(arguments: Way.allCases) func whoLeavesEarlyCancelsTheHandler(way: Way) async throws {
        try await withProbe(way) { probe in
            try await probe.chat(options: patient) { writer, answers in
                try await writer.send(Message(names: ["once"]))
                #expect(try await answers.next()?.names == ["once"])
            }
            #expect(await handler.cancelled.stream.first() != nil)
        }
    }

    @Test(arguments: Way.allCases) func aCancelledTaskCancelsTheHandler(way: Way) async throws {
        try await withProbe(way) { probe in
            let task = Task { try await probe.chat(options: patient) { _, answers in _ = try await answers.next() } }
            #expect(await handler.started.stream.first() != nil)
            task.cancel()
            await #expect(throws: RPCError.self) { try await task.value }
            #expect(await handler.cancelled.stream.first() != nil)
        }
    }

    @Test(arguments: Way.allCases) func aDeadlineEndsIt(way: Way) async throws {
        try await withProbe(way) { probe in
            let error = await #expect(throws: RPCError.self) {
                try await probe.chat(options: CallOptions(timeout: .milliseconds(100))) { _, answers in _ = try await answers.next() }
            }
            #expect(error?.code == .deadlineExceeded)
        }
    }

    @Test(arguments: Way.allCases) func aServiceThatHasEnoughAnswersAtOnce(way: Way) async throws {
        try await withProbe(way) { probe in
            let answer = try await probe.collect(options: patient) { writer in
                try await writer.send(Message(names: ["a"]))
                try await writer.send(Message(names: ["enough"]))
                // Until the service says that it wants no more.
                while true { try await writer.send(Message(names: ["unheard"])) }
            }
            #expect(answer.names == ["a"])
        }
    }

    @Test func aWriterGoesOnWhenTheReaderDoes() async throws {
        try await withProbe(.sockets) { probe in
            try await probe.chat(options: patient) { writer, answers in
                let message = Message(blobs: [[UInt8](repeating: 1, count: 100_000)])
                // Nobody reads the answers yet, so the service stops reading, so the writer waits; all comes through in the end.
                let writing = Task {
                    for sent in 1...40 {
                        try await writer.send(message)
                        progress.continuation.yield(sent)
                    }
                    writer.finish()
                }
                for await sent in progress.stream where sent == 3 { break }
                var answered = 0
                for try await answer in answers {
                    #expect(answer == message)
                    answered += 1
                }
                try await writing.value
                #expect(answered == 40)
            }
        }
    }

    let progress = AsyncStream.makeStream(of: Int.self)

    @Test func aMalformedMessageNamesItsField() async throws {
        try await withProbe(.sockets) { probe in
            let stream = try await probe.channel.open(
                ProbeV1.Methods.recite, request: ByteBuffer(bytes: [0x52, 0x01, 0xFF]), options: CallOptions())
            let error = await #expect(throws: RPCError.self) { try await stream.next() }
            #expect(error?.reason == "MALFORMED_MESSAGE")
            #expect(error?.details["field"]?.contains("names") == true)
        }
    }

    @Test func aMessageThatIsTooLargeIsRefusedAndTheConnectionLives() async throws {
        try await withProbe(.sockets) { probe in
            let error = await #expect(throws: RPCError.self) {
                try await probe.chat(options: patient) { writer, _ in try await writer.send(Message(blobs: [[UInt8](repeating: 0, count: 5 << 20)])) }
            }
            #expect(error?.reason == "MESSAGE_TOO_LARGE")
            let answer = try await probe.collect(options: patient) { writer in try await writer.send(Message(names: ["x"])) }
            #expect(answer.names == ["x"])
        }
    }
}
