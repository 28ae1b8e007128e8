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

    let redis: RedisClient?
    let group: String
    private let consumer: String
    private let limits: Limits
    private let logger: Logger
    private let observe: @Sendable (WakeEvent) -> Void
    /// Why entries failed here, for their dead letters; of those that were seen last.
    private let failures = Mutex<[String: String]>([:])
    private static let failuresMax = 1_000

    public let stream: String
    public var deadLetterStream: String { stream + StreamOperator.deadSuffix }

    /// `name` is the work's and begins with its service, such as `flow-engine:runs`; `consumer` tells the instances of a service apart.
    public init(
        redis: RedisClient?, name: String, group: String = "workers", consumer: String, limits: Limits = Limits(), logger: Logger,
        observe: @escaping @Sendable (WakeEvent) -> Void = { _ in }
    ) {
        self.redis = redis
        self.observe = observe
        stream = RedisKey.name(tenant: nil, name)
        self.group = group
        self.consumer = consumer
        self.limits = limits
        self.logger = logger
    }

    /// False where Redis could not take it. Call it after the commit of what it announces.
    @discardableResult
    public func publish(_ wake: Wake) async -> Bool {
        guard let redis else { return false }
        do {
            try await redis.add(stream: stream, fields: wake.fields, maximumLength: limits.length)
            observe(.published)
            return true
        } catch {
            observe(.notPublished)
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
                observe(.reconnected)
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
                observe(.handled)
                failures.withLock { _ = $0.removeValue(forKey: entry.id) }
            } catch {
                remember(error, of: entry.id)
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
            let attempts = deliveries[entry.id, default: 1]
            if attempts <= limits.attempts {
                observe(.redelivered)
                alive.append(entry)
            } else {
                try await giveUp(entry, attempts: attempts - 1, redis)
            }
        }
        return alive
    }

    private func giveUp(_ entry: RedisStreamEntry, attempts: Int64, _ redis: RedisClient) async throws(RedisError) {
        let error = failures.withLock { $0.removeValue(forKey: entry.id) } ?? "no consumer acknowledged it"
        let fields =
            entry.fields.sorted { $0.key < $1.key }.map { ($0.key, $0.value) } + [
                ("origin", entry.id), ("attempts", String(attempts)), ("error", error),
            ]
        try await redis.add(stream: deadLetterStream, fields: fields, maximumLength: limits.length)
        try await redis.acknowledge(stream: stream, group: group, ids: [entry.id])
        observe(.deadLettered)
        logger.error("wake given up", metadata: ["stream": "\(stream)", "entry": "\(entry.id)"])
    }

    private func remember(_ error: any Error, of id: String) {
        failures.withLock { failures in
            if failures.count >= Self.failuresMax { failures.removeAll() }
            failures[id] = String("\(error)".prefix(500))
        }
    }
}
