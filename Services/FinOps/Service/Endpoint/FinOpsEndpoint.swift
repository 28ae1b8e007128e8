internal import FinOpsCore
internal import FoundationEssentials
internal import Identity
internal import Postgres
package import RPC
package import ServiceKit
package import Wire

/// Answers the methods of `provable.finops.v1.FinOps`. Each method is one file beside this one, grouped by what it is about.
package struct FinOpsEndpoint: FinOpsV1.FinOpsHandler {
    let pool: PostgresPool
    let receipts: ReceiptRecorder
    let outbox: Outbox
    let now: @Sendable () -> Date
    let usage = PostgresUsageStore()
    let budgets = PostgresBudgetStore()
    let costs = PostgresCostStore()
    let throttles = PostgresThrottleStore()

    package init(kit: ServiceContext) {
        self.init(pool: kit.postgres, receipts: kit.receipts, outbox: kit.outbox, now: { Date() })
    }

    init(pool: PostgresPool, receipts: ReceiptRecorder, outbox: Outbox, now: @escaping @Sendable () -> Date) {
        self.pool = pool
        self.receipts = receipts
        self.outbox = outbox
        self.now = now
    }
}

// MARK: Wire values

extension Money {
    init(_ wire: CommonV1.Money) {
        self.init(micros: wire.micros, currency: wire.currency.isEmpty ? Money.defaultCurrency : wire.currency)
    }

    var wire: CommonV1.Money { CommonV1.Money(micros: micros, currency: currency) }
}

/// The run that a message names, or nil where it names none.
func optionalRun(_ bytes: [UInt8]) throws(RPCError) -> RunID? {
    if bytes.isEmpty { return nil }
    guard let run = RunID(bytes: bytes) else { throw .invalid("run_id", "is not a run's id", fix: "send the 16 bytes of the UUID") }
    return run
}
