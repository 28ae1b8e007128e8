import FoundationEssentials
import Identity
import Logging
import Synchronization
import TestKit
import Testing

@testable import Redis

/// Redis is emptied and killed under load. Wakes may be lost with it, and never the work: a sweeper looks at the truth, which is elsewhere.
@Suite struct WakeSurvivalTests {
    private static var quickLimits: WakeQueue.Limits {
        var limits = WakeQueue.Limits()
        limits.block = .milliseconds(50)
        limits.firstPause = .milliseconds(5)
        limits.maximumPause = .milliseconds(100)
        return limits
    }

    @Test func nothingIsLostWhereRedisForgetsEverythingUnderLoad() async throws {
        let server = try await PrivateRedis.start()
        defer { server.stop() }
        let load = Load(redis: server.makeClient(), limits: Self.quickLimits)
        let tasks = ["a", "b"].map { name in Task { await load.consume(as: name) } } + (0..<4).map { _ in Task { await load.produce() } }
        await load.untilMade(500)
        try await server.makeClient().command(["FLUSHALL"])
        await load.untilMade(500)
        try await server.crashAndRestart()
        await load.untilMade(500)
        try await server.makeClient().command(["FLUSHALL"])
        // Consumers have found their way back when something that was made after all that is handled.
        let last = load.add()
        while load.due.withLock({ $0.contains(last) }) {
            await load.announce(last)
            await Task.yield()
        }
        for task in tasks {
            task.cancel()
            await task.value
        }
        load.sweep()
        #expect(load.due.withLock { $0.isEmpty })
        #expect(load.handled.load(ordering: .relaxed) == load.made.load(ordering: .relaxed))
        // Two consumers, three blows: each may try a few times, and none spins.
        #expect((1...200).contains(load.count(.reconnected)))
        #expect(load.count(.handled) > 0)
    }

    @Test func aConsumerOfAServerThatIsGoneTriesWithPauses() async throws {
        var configuration = RedisConfiguration(host: "localhost", port: 0)
        configuration.unixSocketPath = "/nonexistent/redis.sock"
        var limits = WakeQueue.Limits()
        limits.firstPause = .milliseconds(40)
        limits.maximumPause = .milliseconds(80)
        let clock = ContinuousClock()
        let started = clock.now
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
        let queue = WakeQueue(
            redis: RedisClient(configuration: configuration), name: "test:gone", consumer: "a", limits: limits,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        ) { event in if event == .reconnected { continuation.yield() } }
        let consumer = Task { await queue.consume { _ in } }
        var count = 0
        for await _ in stream {
            count += 1
            if count == 6 { break }
        }
        consumer.cancel()
        await consumer.value
        // Five pauses of at least half the first: a lower bound that no slow machine breaks.
        #expect(started.duration(to: clock.now) >= limits.firstPause / 2 * 5)
    }

    @Test func aDeadLetterSaysWhyAndGoesBackOnce() async throws {
        let redis = try await PrivateRedis.shared.makeClient()
        var limits = WakeQueue.Limits()
        limits.idle = .milliseconds(20)
        limits.block = .milliseconds(20)
        limits.attempts = 2
        let queue = WakeQueue(
            redis: redis, name: "test:\(UUIDv7.make().lowercased)", consumer: "a", limits: limits,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        struct Refused: Error {}
        let wake = Wake(tenant: .make(), id: UUIDv7.make())
        await queue.publish(wake)
        let consumer = Task { await queue.consume { _ in throw Refused() } }
        while try await redis.command(["XLEN", queue.deadLetterStream]).intValue != 1 { await Task.yield() }
        consumer.cancel()
        await consumer.value
        let streams = StreamOperator(redis: redis)
        let letter = try #require(try await streams.deadLetters(limit: 10).first { $0.stream == queue.stream })
        #expect(letter.entry.fields["error"] == "Refused()")
        #expect(letter.entry.fields["attempts"] == "2")
        #expect(letter.entry.fields["tenant"] == wake.tenant.description)
        #expect(try await queue.depth()?.dead == 1)
        #expect(try await streams.groups().first { $0.stream == queue.stream }?.dead == 1)
        #expect(try await streams.replay(stream: queue.stream, id: letter.entry.id))
        #expect(try await !streams.replay(stream: queue.stream, id: letter.entry.id))
        // Waiting, or handed to the read that the cancelled consumer had left open: then it is claimed from it.
        let depth = try #require(try await queue.depth())
        #expect((depth.waiting ?? 0) + depth.pending >= 1)
        let (stream, continuation) = AsyncStream.makeStream(of: Wake.self)
        let second = Task { await queue.consume { continuation.yield($0) } }
        for await again in stream {
            #expect(again == wake)
            break
        }
        second.cancel()
        await second.value
        #expect(try await !streams.drop(stream: queue.stream, id: letter.entry.id))
    }
}

/// Work that is made, announced and done. The truth stands in ``due``, as it does in a table that a sweeper reads.
private final class Load: Sendable {
    let due = Mutex<Set<UUID>>([])
    let made = Atomic<Int>(0)
    let handled = Atomic<Int>(0)
    private let events = Mutex<[WakeEvent: Int]>([:])
    private let tenant = TenantID.make()
    private let redis: RedisClient
    private let limits: WakeQueue.Limits

    init(redis: RedisClient, limits: WakeQueue.Limits) {
        self.redis = redis
        self.limits = limits
    }

    func count(_ event: WakeEvent) -> Int { events.withLock { $0[event, default: 0] } }

    func add() -> UUID {
        let id = UUIDv7.make()
        due.withLock { _ = $0.insert(id) }
        made.add(1, ordering: .relaxed)
        return id
    }

    func announce(_ id: UUID) async { await queue("p").publish(Wake(tenant: tenant, id: id)) }

    func consume(as name: String) async { await queue(name).consume { self.handle($0.id) } }

    func produce() async {
        while !Task.isCancelled {
            await announce(add())
            // Refusals cost nothing while Redis is away: others get their turn.
            await Task.yield()
        }
    }

    func sweep() { for id in due.withLock({ $0 }) { handle(id) } }

    func untilMade(_ more: Int) async {
        let goal = made.load(ordering: .relaxed) + more
        while made.load(ordering: .relaxed) < goal { await Task.yield() }
    }

    /// A second wake for the same work changes nothing.
    private func handle(_ id: UUID) { if due.withLock({ $0.remove(id) }) != nil { handled.add(1, ordering: .relaxed) } }

    private func queue(_ consumer: String) -> WakeQueue {
        WakeQueue(
            redis: redis, name: "test:runs", consumer: consumer, limits: limits, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        ) { [self] event in events.withLock { $0[event, default: 0] += 1 } }
    }
}
