import FoundationEssentials
import Identity
import Logging
import Synchronization
import TestKit
import Testing

@testable import Redis

@Suite struct RedisClientTests {
    let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    @Test func commandsOfManyTasksGetTheirOwnReplies() async throws {
        let redis = try await PrivateRedis.shared.makeClient()
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for number in 0..<500 {
                group.addTask { try await redis.command(["ECHO", "\(number)"]).stringValue == "\(number)" }
            }
            for try await isRight in group { #expect(isRight) }
        }
        await redis.close()
    }

    @Test func aServerErrorIsThrownWithItsCodeAndTheConnectionGoesOn() async throws {
        let redis = try await PrivateRedis.shared.makeClient()
        do {
            try await redis.command(["XADD"])
            Issue.record("a wrong command was taken")
        } catch { #expect(error.code == "ERR") }
        #expect(await redis.isReachable())
    }

    @Test func aWakeReachesOneConsumerAndIsAcknowledged() async throws {
        let redis = try await PrivateRedis.shared.makeClient()
        let name = UUIDv7.make().lowercased
        let queue = WakeQueue(redis: redis, name: name, consumer: "a", logger: silent)
        let wakes = (0..<10).map { _ in Wake(tenant: .make(), id: UUIDv7.make()) }
        for wake in wakes { #expect(await queue.publish(wake)) }
        let received = try await collect(10, from: queue)
        #expect(received == wakes)
        #expect(try await redis.command(["XPENDING", queue.stream, "workers"]).arrayValue?.first == .int(0))
    }

    @Test func aWakeThatFailsIsTriedAgainAndThenGivenUp() async throws {
        let redis = try await PrivateRedis.shared.makeClient()
        var limits = WakeQueue.Limits()
        limits.idle = .milliseconds(20)
        limits.block = .milliseconds(20)
        limits.attempts = 3
        let queue = WakeQueue(redis: redis, name: UUIDv7.make().lowercased, consumer: "a", limits: limits, logger: silent)
        await queue.publish(Wake(tenant: .make(), id: UUIDv7.make()))
        struct Refused: Error {}
        let attempts = Atomic<Int>(0)
        let consumer = Task {
            await queue.consume { _ in
                attempts.add(1, ordering: .relaxed)
                throw Refused()
            }
        }
        while try await redis.command(["XLEN", queue.deadLetterStream]).intValue != 1 { await Task.yield() }
        consumer.cancel()
        await consumer.value
        #expect(attempts.load(ordering: .relaxed) == 3)
    }

    @Test func flushingRedisLosesNoConsumer() async throws {
        let server = try await PrivateRedis.start()
        defer { server.stop() }
        let redis = server.makeClient()
        var limits = WakeQueue.Limits()
        limits.block = .milliseconds(20)
        limits.firstPause = .milliseconds(5)
        let queue = WakeQueue(redis: redis, name: "w", consumer: "a", limits: limits, logger: silent)
        let seen = Mutex<Set<UUID>>([])
        let consumer = Task { await queue.consume { wake in _ = seen.withLock { $0.insert(wake.id) } } }
        for _ in 0..<3 {
            let id = UUIDv7.make()
            try await redis.command(["FLUSHALL"])
            await queue.publish(Wake(tenant: .make(), id: id))
            while !seen.withLock({ $0.contains(id) }) { await Task.yield() }
        }
        consumer.cancel()
        await consumer.value
    }

    @Test func aServerThatIsGoneIsUnavailableAndPublishingIsNotFatal() async throws {
        let server = try await PrivateRedis.start()
        let redis = server.makeClient()
        #expect(await redis.isReachable())
        server.stop()
        #expect(await !redis.isReachable())
        await #expect(throws: RedisError.self) { try await redis.command(["PING"]) }
        let queue = WakeQueue(redis: redis, name: "x", consumer: "a", logger: silent)
        #expect(await !queue.publish(Wake(tenant: .make(), id: UUIDv7.make())))
    }

    @Test func aCommandWithoutReplyTimesOut() async throws {
        var configuration = try await PrivateRedis.shared.configuration
        configuration.commandTimeout = .milliseconds(50)
        let redis = RedisClient(configuration: configuration)
        await #expect(throws: RedisError.timeout) { try await redis.command(["BLPOP", UUIDv7.make().lowercased, "0"]) }
        #expect(await redis.isReachable())
    }

    func collect(_ count: Int, from queue: WakeQueue) async throws -> [Wake] {
        let (stream, continuation) = AsyncStream.makeStream(of: Wake.self)
        let consumer = Task { await queue.consume { continuation.yield($0) } }
        var wakes: [Wake] = []
        for await wake in stream {
            wakes.append(wake)
            if wakes.count == count { break }
        }
        // The acknowledgement follows the handler of the batch.
        consumer.cancel()
        await consumer.value
        return wakes
    }
}
