public import FoundationEssentials
public import Identity
public import Logging
internal import Synchronization

/// Wakes consumers of one kind of work through a Redis stream. At least once while Redis lives, and not at all while it does not:
/// every consumer also has a sweeper that finds its work in Postgres.
public final class WakeQueue: Sendable {
    public struct Limits: Sendable {
        /// About how many entries the stream keeps.
        public var length = 100_000
        public var batch = 64
        public var block: Duration = .seconds(1)
        /// How long an entry may stay with a consumer before another takes it over.
        public var idle: Duration = .seconds(30)
        /// How often an entry is tried before it goes to the dead-letter stream.
        public var attempts: Int64 = 5
        public var firstPause: Duration = .milliseconds(100)
        public var maximumPause: Duration = .seconds(5)
        public init() {}
    }

    private let redis: RedisClient?
    private let stream: String
    private let group: String
    private let consumer: String
    private let limits: Limits
    private let logger: Logger

    public var deadLetterStream: String { "\(stream):dead" }

    /// `name` is the work's, such as `flow-engine:runs`; `consumer` tells the instances of a service apart.
    public init(redis: RedisClient?, name: String, group: String = "workers", consumer: String, limits: Limits = Limits(), logger: Logger) {
        self.redis = redis
        stream = "wake:\(name)"
        self.group = group
        self.consumer = consumer
        self.limits = limits
        self.logger = logger
    }

    /// False where Redis could not take it. Call it after the commit of what it announces.
    @discardableResult
    public func publish(_ tenant: TenantID, _ id: UUID) async -> Bool {
        guard let redis else { return false }
        do {
            try await redis.add(stream: stream, fields: Wake(tenant: tenant, id: id).fields, maximumLength: limits.length)
            return true
        } catch {
            logger.debug("wake not published", metadata: ["stream": "\(stream)", "error": "\(error)"])
            return false
        }
    }

    /// Hands each wake to `handle` until the task is cancelled. A wake is acknowledged when `handle` returns; one for which it throws is
    /// tried again after ``Limits/idle``.
    public func consume(_ handle: @Sendable (Wake) async throws -> Void) async {
        guard let redis else { return }
        var failures = 0
        while !Task.isCancelled {
            do {
                try await consume(from: redis, handle) { failures = 0 }
            } catch {
                guard !Task.isCancelled else { return }
                failures += 1
                if failures == 1 { logger.warning("wake queue unavailable", metadata: ["stream": "\(stream)", "error": "\(error)"]) }
                let ceiling = min(limits.maximumPause, limits.firstPause * (1 << min(failures - 1, 10)))
                try? await Task.sleep(for: max(limits.firstPause / 2, ceiling * Double.random(in: 0..<1)))
            }
        }
    }

    /// On one connection, which a blocking read needs for itself, until it breaks.
    private func consume(
        from redis: RedisClient, _ handle: @Sendable (Wake) async throws -> Void, succeeded: () -> Void
    ) async throws(RedisError) {
        let connection = try await redis.dedicatedConnection()
        defer { connection.close() }
        try await redis.createGroup(stream: stream, group: group)
        var nextClaim = ContinuousClock.now
        while !Task.isCancelled {
            if nextClaim <= .now {
                try await handleAll(try await takeOver(redis), redis, handle)
                nextClaim = .now + limits.idle / 2
            }
            let milliseconds = Int(limits.block / .milliseconds(1))
            let command = RedisClient.readGroupCommand(
                stream: stream, group: group, consumer: consumer, count: limits.batch, blockMilliseconds: milliseconds)
            let value = try await connection.send(command.map { Array($0.utf8) }, timeout: limits.block + redis.configuration.commandTimeout)
            try await handleAll(RedisClient.entries(of: value), redis, handle)
            succeeded()
        }
    }

    private func handleAll(
        _ entries: [RedisStreamEntry], _ redis: RedisClient, _ handle: @Sendable (Wake) async throws -> Void
    ) async throws(RedisError) {
        var done: [String] = []
        for entry in entries {
            guard let wake = Wake(entry) else {
                done.append(entry.id)
                continue
            }
            do {
                try await handle(wake)
                done.append(entry.id)
            } catch {
                logger.warning("wake not handled", metadata: ["stream": "\(stream)", "entry": "\(entry.id)", "error": "\(error)"])
            }
        }
        try await redis.acknowledge(stream: stream, group: group, ids: done)
    }

    /// What dead or failing consumers left behind, less what has been tried often enough.
    private func takeOver(_ redis: RedisClient) async throws(RedisError) -> [RedisStreamEntry] {
        let entries = try await redis.autoclaim(stream: stream, group: group, consumer: consumer, idle: limits.idle, count: limits.batch)
        let deliveries = try await redis.deliveries(stream: stream, group: group, ids: entries.map(\.id))
        var alive: [RedisStreamEntry] = []
        for entry in entries {
            if deliveries[entry.id, default: 1] <= limits.attempts {
                alive.append(entry)
                continue
            }
            let fields = entry.fields.map { ($0.key, $0.value) } + [("origin", entry.id)]
            try await redis.add(stream: deadLetterStream, fields: fields, maximumLength: limits.length)
            try await redis.acknowledge(stream: stream, group: group, ids: [entry.id])
            logger.error("wake given up", metadata: ["stream": "\(stream)", "entry": "\(entry.id)"])
        }
        return alive
    }
}
