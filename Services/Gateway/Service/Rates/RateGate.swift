internal import GatewayCore
internal import Identity
internal import ServiceKit
internal import Synchronization

/// Counts the requests of each session, address and tenant: in this process, and in Redis for all replicas. What this process alone has
/// seen too much of is refused without asking anybody; without Redis its own count stands.
final class RateGate: Sendable {
    enum Class: String, Sendable, CaseIterable {
        /// By session; by address where there is none.
        case standard
        /// By address: nobody is to try names quickly.
        case signIn = "sign-in"
        /// By address, before a tenant is looked up.
        case hook
        /// By tenant, so that no sender can drown the others'.
        case hookTenant = "hook-tenant"
    }

    private static let limits: [Class: RateLimit] = [
        .standard: RateLimit(capacity: 200, perSecond: 100), .signIn: RateLimit(capacity: 60, perSecond: 5),
        .hook: RateLimit(capacity: 200, perSecond: 50), .hookTenant: RateLimit(capacity: 200, perSecond: 50),
    ]

    private let clock: any WallClock
    private let shared: SharedRates?
    private let tables: Mutex<[Class: BucketTable]>

    init(clock: any WallClock, shared: SharedRates? = nil) {
        self.clock = clock
        self.shared = shared
        tables = Mutex(Self.limits.mapValues { BucketTable($0) })
    }

    /// - Parameter tenant: Nil where it is not known yet.
    func take(_ group: Class, _ key: String, tenant: TenantID?) async -> RateVerdict? {
        let now = clock.now.micros / 1_000
        let local = tables.withLock { $0[group]?.take(key, nowMillis: now) }
        guard let shared, let limit = Self.limits[group], local?.isAllowed == true else { return local }
        return await shared.take(group, key, tenant: tenant, limit) ?? local
    }
}

extension Problem {
    static func rateLimited(_ verdict: RateVerdict) -> Problem {
        Problem(
            429, code: "RATE_LIMITED", title: "Too many requests", detail: "Wait \(verdict.retryAfterSeconds) s and try again.",
            retryAfterSeconds: verdict.retryAfterSeconds)
    }
}
