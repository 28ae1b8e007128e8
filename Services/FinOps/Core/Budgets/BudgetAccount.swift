public import Identity

/// What one budget allows in its current period: reserve before the act, settle after, release on failure.
///
/// Invariant: `spent + reserved <= limit` after every reservation that was granted, so that overspend never exceeds what a settlement
/// cost beyond its own reservation.
public struct BudgetAccount: Hashable, Sendable {
    public var limit: Int64
    public var spent: Int64
    public var reserved: Int64

    public init(limit: Int64, spent: Int64 = 0, reserved: Int64 = 0) {
        self.limit = limit
        self.spent = spent
        self.reserved = reserved
    }

    public var remaining: Int64 { max(0, limit - spent - reserved) }

    /// Takes `amount` out of what remains, or says what is missing and changes nothing.
    public mutating func reserve(_ amount: Int64) -> BudgetDenial? {
        precondition(amount >= 0, "a reservation cannot be negative")
        guard amount <= remaining else { return BudgetDenial(asked: amount, remaining: remaining, limit: limit) }
        reserved += amount
        return nil
    }

    /// Replaces a reservation of `amount` by what was spent; `actual` 0 releases it.
    public mutating func settle(reservation amount: Int64, actual: Int64) {
        precondition(amount <= reserved, "a reservation is settled once")
        reserved -= amount
        spent += actual
    }
}

/// Why a budget said no.
public struct BudgetDenial: Hashable, Sendable {
    public var asked: Int64
    public var remaining: Int64
    public var limit: Int64

    public func reason(scope: String, period: BudgetPeriod, currency: String) -> String {
        let money = { (micros: Int64) in Money(micros: micros, currency: currency).description }
        return "the budget \"\(scope)\" has \(money(remaining)) left of \(money(limit)) per \(period.rawValue); \(money(asked)) was asked for"
    }
}
