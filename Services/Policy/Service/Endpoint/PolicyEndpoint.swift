internal import FoundationEssentials
internal import Identity
internal import Postgres
internal import RPC
package import ServiceKit
internal import Wire

/// Answers the methods of `provable.policy.v1.Policy`. Each group of methods is one file beside this one.
package struct PolicyEndpoint: PolicyV1.PolicyHandler {
    let pool: PostgresPool
    let receipts: ReceiptRecorder
    let now: @Sendable () -> Date
    let bundles = PostgresBundleStore()
    let decisions = PostgresDecisionStore()
    let cache = BundleCache()

    package init(kit: ServiceContext) {
        self.init(pool: kit.postgres, receipts: kit.receipts, now: { Date() })
    }

    init(pool: PostgresPool, receipts: ReceiptRecorder, now: @escaping @Sendable () -> Date) {
        self.pool = pool
        self.receipts = receipts
        // To the microsecond, as it is stored: a decision that is read again must be equal to the one that was answered.
        self.now = { Date(micros: now().micros) }
    }
}
