import Identity
import Testing
import WireProbe

@testable import RPC

/// Real servers and clients on loopback: admission, records, interceptors and the age of connections.
@Suite(.timeLimit(.minutes(1))) struct ServedCallTests {
    let handler = ProbeHandler()
    let observer = RecordingObserver()
    let options = CallOptions(tenant: .acme, timeout: .seconds(30))

    func withServer(
        _ change: (inout RPCServer.Configuration) -> Void = { _ in }, services: [any RPCService]? = nil,
        _ body: (ProbeV1.ProbeClient, RPCServer) async throws -> Void
    ) async throws {
        func security(_ peer: ServiceName) -> TransportSecurity {
            .plaintext(.init(identity: PeerIdentity(service: peer, certificateThumbprint: [])))
        }
        var configuration = RPCServer.Configuration(host: "127.0.0.1", port: 0, service: .policy, security: security(.ledger))
        configuration.observer = observer
        change(&configuration)
        let server = RPCServer(
            configuration: configuration, services: services ?? [ProbeV1.ProbeService(handler: handler)], logger: quiet)
        let port = try await server.start()
        let settings = RPCClient.Configuration(
            host: "127.0.0.1", port: port, service: .policy, caller: .ledger, security: security(.policy))
        let client = RPCClient(configuration: settings, logger: quiet)
        try await body(ProbeV1.ProbeClient(channel: client), server)
        await client.close()
        await server.shutdown(grace: .zero)
    }

    /// For what only another thread brings about; the suite's time limit ends it where it never comes.
    func until(_ condition: () -> Bool) async {
        while !condition() { await Task.yield() }
    }

    // MARK: Admission

    /// One place and no queue: the second call is refused with a time to come back, the first one is not disturbed.
    @Test func whatIsTooMuchIsRefusedWithPushback() async throws {
        try await withServer({ $0.admission = .onePlace(queued: 0) }) { probe, server in
            let first = Task { try await probe.linger(.init(), options: options) }
            _ = await handler.started.stream.first()
            let refused = await #expect(throws: RPCError.self) { try await probe.echo(.init(), options: options) }
            #expect(refused?.code == .resourceExhausted && refused?.reason == "OVERLOADED")
            #expect(refused?.retryAfter != nil)
            #expect(server.load == ServerLoad(running: 1, streams: 0, queued: 0, queuedBytes: 0, limit: 1))
            first.cancel()
            _ = await first.result
            // The place is free when the handler has returned, which is a moment after its caller was told.
            await until { server.load.running == 0 }
            let answer = try await probe.echo(.init(names: ["a"]), options: options)
            #expect(answer.names == ["a"])
        }
    }

    @Test func aCallThatWaitedRunsAndSaysHowLong() async throws {
        try await withServer({ $0.admission = .onePlace(queued: 4) }) { probe, server in
            let first = Task { try await probe.linger(.init(), options: options) }
            _ = await handler.started.stream.first()
            async let second = probe.echo(.init(names: ["b"]), options: options)
            await until { server.load.queued == 1 }
            #expect(server.load.queuedBytes > 0)
            first.cancel()
            let names = try await second.names
            #expect(names == ["b"])
            let record = try #require(await observer.first { $0.method.name.hasSuffix("Echo") })
            #expect(record.code == .ok && record.queued > .zero && record.duration >= record.queued)
            #expect(server.load.queued == 0 && server.load.queuedBytes == 0)
        }
    }

    /// Whatever ends a call that waits, its caller or its deadline: its place in the queue is free again, and no handler runs.
    @Test func aCallThatLeavesTheQueueNeverRuns() async throws {
        try await withServer({ $0.admission = .onePlace(queued: 4) }) { probe, server in
            let first = Task { try await probe.linger(.init(), options: options) }
            _ = await handler.started.stream.first()
            let cancelled = Task { try await probe.echo(.init(), options: options) }
            await until { server.load.queued == 1 }
            cancelled.cancel()
            await until { server.load.queued == 0 }
            let late = await #expect(throws: RPCError.self) {
                try await probe.echo(.init(), options: CallOptions(tenant: .acme, timeout: .milliseconds(20)))
            }
            #expect(late?.code == .deadlineExceeded)
            await until { server.load.queued == 0 }
            first.cancel()
            _ = await first.result
            await until { server.load.running == 0 }
            handler.contexts.continuation.finish()
            let ran = await handler.contexts.stream.first()
            #expect(ran == nil)
        }
    }

    @Test func aConnectionThatEndsTakesItsCallsAlong() async throws {
        try await withServer({ $0.admission = .onePlace(queued: 4) }) { probe, server in
            let calls = [
                Task { _ = try await probe.linger(.init(), options: options) },
                Task {
                    _ = await handler.started.stream.first()
                    _ = try await probe.echo(.init(), options: options)
                },
            ]
            await until { server.load.queued == 1 }
            await (probe.channel as? RPCClient)?.close()
            await until { server.load.running == 0 && server.load.queued == 0 }
            for call in calls { await #expect(throws: RPCError.self) { try await call.value } }
            // Both are told to have ended, though nobody heard an answer.
            let ends = [await observer.next(), await observer.next()]
            #expect(ends.allSatisfy { $0?.code == .cancelled })
        }
    }

    @Test func healthIsAnsweredWhenNothingElseIs() async throws {
        struct Service: RPCService { let methods: [RegisteredMethod] }
        let ask = MethodDescriptor(
            name: "test.v1.Now/Ask", owner: nil, callers: [.ledger], trusted: [], tenancy: .unbound, isIdempotent: true)
        let now = Service(methods: [.immediate(ask) { (request: ProbeV1.Everything, _) throws(RPCError) in request }])
        let services: [any RPCService] = [now, ProbeV1.ProbeService(handler: handler)]
        try await withServer({ $0.admission = .onePlace(queued: 0) }, services: services) { probe, _ in
            let first = Task { try await probe.linger(.init(), options: options) }
            _ = await handler.started.stream.first()
            let message = ProbeV1.Everything(names: ["are you well?"])
            let answer: ProbeV1.Everything = try await probe.channel.unary(message, method: ask, options: CallOptions())
            #expect(answer == message)
            first.cancel()
            _ = await first.result
        }
    }

    // MARK: Records

    @Test func eachCallIsToldOnceWithItsSpanBelowTheCallers() async throws {
        try await withServer { probe, _ in
            let trace = TraceContext.make()
            var options = options
            options.trace = trace
            options.priority = .background
            _ = try await probe.echo(.init(names: ["x"]), options: options)
            let served = try #require(await observer.next())
            #expect(served.side == .server && served.code == .ok && served.peer == .ledger && served.tenant == .acme)
            #expect(served.parent == trace && served.trace.traceID == trace.traceID && served.trace != trace)
            #expect(served.requestBytes > 0 && served.responseBytes == served.requestBytes)
            let inside = await handler.contexts.stream.first()
            #expect(inside?.trace == served.trace)
            // What the handler calls in turn is no more urgent.
            #expect(inside.map { CallOptions(forwarding: $0).priority } == .background)
            await #expect(throws: RPCError.self) { try await probe.echo(.init(names: ["fail"]), options: options) }
            let failed = await observer.next()
            #expect(failed?.reason == "NOT_NOW")
            await #expect(throws: RPCError.self) { try await probe.echo(.init(), options: CallOptions()) }
            let refused = await observer.next()
            #expect(refused?.code == .unauthenticated && refused?.reason == "TENANT_MISSING")
        }
    }

    @Test func aDeadlineIsToldOnceThoughTheHandlerReturnsLater() async throws {
        try await withServer({ $0.callTimeMax = .milliseconds(50) }) { probe, server in
            let error = await #expect(throws: RPCError.self) { try await probe.linger(.init(), options: options) }
            #expect(error?.code == .deadlineExceeded)
            let late = await observer.next()
            #expect(late?.code == .deadlineExceeded)
            await until { server.load.running == 0 }
            await #expect(throws: RPCError.self) { try await probe.echo(.init(names: ["fail"]), options: options) }
            let next = await observer.next()
            #expect(next?.method.name.hasSuffix("Echo") == true)
        }
    }

    // MARK: Interceptors

    private struct Marking: ServerInterceptor {
        let mark: String

        func intercept<Answer: Sendable>(
            _ method: MethodDescriptor, _ context: CallContext, next: (CallContext) async throws -> Answer
        ) async throws -> Answer {
            guard !method.shape.isStreaming else {
                throw RPCError(.failedPrecondition, reason: "NO_STREAMS", message: "not here")
            }
            var context = context
            context.principal = (context.principal ?? "") + mark
            return try await next(context)
        }
    }

    @Test func interceptorsStandAroundHandlersTheFirstOutermost() async throws {
        try await withServer({ $0.interceptors = [Marking(mark: "1"), Marking(mark: "2")] }) { probe, _ in
            var options = options
            options.principal = "p"
            _ = try await probe.echo(.init(), options: options)
            let inside = await handler.contexts.stream.first()
            #expect(inside?.principal == "p12")
            let error = await #expect(throws: RPCError.self) {
                try await probe.recite(.init(), options: options) { reader in for try await _ in reader {} }
            }
            #expect(error?.reason == "NO_STREAMS")
        }
    }

    // MARK: Age

    /// A server's old connections are left by its clients; calls under way and calls that come meanwhile all succeed.
    @Test func anOldConnectionIsReplacedWithoutACallLost() async throws {
        try await withServer({ $0.connectionAgeMax = .milliseconds(30) }) { probe, _ in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        for number in 0..<100 {
                            let message = ProbeV1.Everything(names: ["\(number)"])
                            let answer = try await probe.echo(message, options: options)
                            #expect(answer == message)
                        }
                    }
                }
                try await group.waitForAll()
            }
        }
    }
}

extension AdmissionSettings {
    fileprivate static func onePlace(queued: Int) -> AdmissionSettings {
        AdmissionSettings(
            limit: .fixed(1), tenantShareMax: 1, queuedPerMethodMax: queued, queuedMax: queued, standingAfter: .seconds(60),
            sojournMax: .seconds(60))
    }
}
