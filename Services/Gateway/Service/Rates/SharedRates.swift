internal import GatewayCore
internal import Identity
internal import Logging
internal import Redis
internal import ServiceKit
internal import Synchronization

/// The counts that all replicas share, in Redis. Nothing waits for it long, and nothing is refused because it is away.
final class SharedRates: Sendable {
    /// A request waits no longer for its count.
    static let patience = Duration.milliseconds(250)

    private let bucket: SharedTokenBucket
    private let clock: any WallClock
    private let metrics: MetricsRegistry
    private let logger: Logger
    private let health = Mutex(CounterHealth())

    /// - Parameter configuration: Of the service; this makes a connection of its own, with less patience.
    init(_ configuration: RedisConfiguration, clock: any WallClock, metrics: MetricsRegistry, logger: Logger) {
        var configuration = configuration
        configuration.connectTimeout = min(configuration.connectTimeout, Self.patience)
        configuration.commandTimeout = min(configuration.commandTimeout, Self.patience)
        configuration.clientName += ":rates"
        bucket = SharedTokenBucket(redis: RedisClient(configuration: configuration))
        self.clock = clock
        self.metrics = metrics
        self.logger = logger
        count(isShared: true, by: 0)
        count(isShared: false, by: 0)
    }

    /// Nil where Redis does not say.
    func take(_ group: RateGate.Class, _ key: String, tenant: TenantID?, _ limit: RateLimit) async -> RateVerdict? {
        let verdict = await ask(RedisKey.name(tenant: tenant, "gateway", "rate", group.rawValue, key), limit)
        count(isShared: verdict != nil)
        return verdict
    }

    private func ask(_ key: String, _ limit: RateLimit) async -> RateVerdict? {
        guard health.withLock({ $0.mayAsk(nowMillis: nowMillis) }) else { return nil }
        do throws(RedisError) {
            let verdict = try await bucket.take(key, .init(capacity: limit.capacity, perSecond: limit.perSecond))
            if health.withLock({ $0.answered() }) { logger.notice("rates are counted together again") }
            return RateVerdict(
                limit, isAllowed: verdict.isAllowed, remaining: verdict.remaining, fullAfterMillis: verdict.fullAfterMs,
                retryAfterMillis: verdict.retryAfterMs)
        } catch {
            if health.withLock({ $0.failed(nowMillis: nowMillis) }) {
                logger.warning("rates are counted by each replica alone", metadata: ["error": "\(error)"])
            }
            return nil
        }
    }

    private var nowMillis: Int64 { clock.now.micros / 1_000 }

    private func count(isShared: Bool, by amount: Double = 1) {
        metrics.count(
            "gateway_rate_checks_total", help: "Requests that were counted, by whether all replicas share the count.", by: amount,
            labels: [("counted", isShared ? "together" : "alone")])
    }
}
