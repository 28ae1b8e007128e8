internal import FoundationEssentials
internal import GatewayCore
internal import ServiceKit
internal import Synchronization

/// Counts the requests of each session, address and tenant, in this process.
final class RateGate: Sendable {
    enum Class: Sendable, CaseIterable {
        /// By session; by address where there is none.
        case standard
        /// By address: nobody is to try names quickly.
        case signIn
        /// By address, before a tenant is looked up.
        case hook
        /// By tenant, so that no sender can drown the others'.
        case hookTenant
    }

    private static let limits: [Class: RateLimit] = [
        .standard: RateLimit(capacity: 200, perSecond: 100), .signIn: RateLimit(capacity: 60, perSecond: 5),
        .hook: RateLimit(capacity: 200, perSecond: 50), .hookTenant: RateLimit(capacity: 200, perSecond: 50),
    ]

    private let clock: any WallClock
    private let tables: Mutex<[Class: BucketTable]>

    init(clock: any WallClock) {
        self.clock = clock
        tables = Mutex(Self.limits.mapValues { BucketTable($0) })
    }

    func take(_ group: Class, _ key: String) -> RateVerdict? {
        let now = Int64(clock.now.timeIntervalSince1970 * 1_000)
        return tables.withLock { $0[group]?.take(key, nowMillis: now) }
    }
}

extension Problem {
    static func rateLimited(_ verdict: RateVerdict) -> Problem {
        Problem(
            429, code: "RATE_LIMITED", title: "Too many requests", detail: "Wait \(verdict.retryAfterSeconds) s and try again.",
            retryAfterSeconds: verdict.retryAfterSeconds)
    }
}
