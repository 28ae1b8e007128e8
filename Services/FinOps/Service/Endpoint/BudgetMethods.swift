internal import FinOpsCore
internal import FoundationEssentials
internal import Identity
internal import JSON
internal import Postgres
package import RPC
internal import Receipts
internal import ServiceKit
internal import Trust
package import Wire

extension FinOpsEndpoint {
    /// The budget that every act of a tenant is held against.
    static let tenantScope = "tenant"

    package func reserve(_ request: FinOpsV1.ReserveRequest, context: CallContext) async throws -> FinOpsV1.ReserveResponse {
        let tenant = try context.requireTenant()
        let amount = Money(request.amount ?? CommonV1.Money())
        guard amount.micros >= 0 else { throw RPCError.invalid("amount.micros", "is negative", fix: "reserve what the act may cost at the most") }
        guard (1...200).contains(request.key.utf8.count) else {
            throw RPCError.invalid("key", "is missing or longer than 200 bytes", fix: "send the act's idempotency key")
        }
        let run = try optionalRun(request.runID)
        return try await pool.withTenant(tenant) { transaction in
            let time = now()
            let budget = try await budgets.lockedBudget(scope: Self.tenantScope, at: time, tenant: tenant, in: transaction)
            if let earlier = try await budgets.reservation(key: request.key, tenant: tenant, in: transaction) {
                return FinOpsV1.ReserveResponse(reservationID: earlier.id.bytes, remaining: remaining(of: budget).wire)
            }
            if let budget, budget.currency != amount.currency, amount.micros > 0 {
                throw RPCError.invalid("amount.currency", "is \(amount.currency)", fix: "the budget is kept in \(budget.currency)")
            }
            var account = budget?.account
            if let budget, let denial = account?.reserve(amount.micros) {
                let reason = denial.reason(scope: budget.scope, period: budget.period, currency: budget.currency)
                return FinOpsV1.ReserveResponse(remaining: remaining(of: budget).wire, denied: true, reason: reason)
            }
            let periodStart = (budget?.period ?? .day).start(of: time)
            let reservation = PostgresBudgetStore.Reservation(
                id: UUIDv7.make(), scope: budget?.scope ?? "", periodStart: periodStart, amount: amount.micros, isOpen: true)
            try await budgets.open(
                reservation, key: request.key, currency: amount.currency, run: run, step: request.step, tenant: tenant, in: transaction)
            if let budget, let account {
                try await budgets.store(account, scope: budget.scope, periodStart: periodStart, tenant: tenant, in: transaction)
            }
            return FinOpsV1.ReserveResponse(reservationID: reservation.id.bytes, remaining: remaining(of: budget, account).wire)
        }
    }

    package func settle(_ request: FinOpsV1.SettleRequest, context: CallContext) async throws -> FinOpsV1.SettleResponse {
        let tenant = try context.requireTenant()
        let amount = Money(request.amount ?? CommonV1.Money())
        guard let id = UUID(bytes: request.reservationID) else {
            throw RPCError.invalid("reservation_id", "is not an id", fix: "send the id that Reserve returned")
        }
        guard amount.micros >= 0 else { throw RPCError.invalid("amount.micros", "is negative", fix: "send what was spent, or 0 to release") }
        return try await pool.withTenant(tenant) { transaction in
            guard let reservation = try await budgets.reservation(id: id, tenant: tenant, in: transaction) else {
                throw RPCError(.notFound, reason: "RESERVATION_NOT_FOUND", message: "there is no reservation \(id.lowercased)")
            }
            // A repeated settlement changes nothing: the first one stands.
            guard reservation.isOpen else { return FinOpsV1.SettleResponse() }
            try await budgets.close(id, tenant: tenant, in: transaction)
            let key = (scope: reservation.scope, periodStart: reservation.periodStart)
            if var account = try await budgets.account(scope: key.scope, periodStart: key.periodStart, tenant: tenant, in: transaction) {
                account.settle(reservation: reservation.amount, actual: amount.micros)
                try await budgets.store(account, scope: key.scope, periodStart: key.periodStart, tenant: tenant, in: transaction)
            }
            return FinOpsV1.SettleResponse()
        }
    }

    package func putBudget(_ request: FinOpsV1.PutBudgetRequest, context: CallContext) async throws -> FinOpsV1.PutBudgetResponse {
        let tenant = try context.requireTenant()
        let wire = request.budget ?? FinOpsV1.Budget()
        let limit = Money(wire.limit ?? CommonV1.Money())
        guard wire.scope == Self.tenantScope else {
            throw RPCError.invalid("scope", "is \"\(wire.scope)\"", fix: "the only scope so far is \"\(Self.tenantScope)\"")
        }
        guard let period = BudgetPeriod(rawValue: wire.period) else {
            throw RPCError.invalid("period", "is \"\(wire.period)\"", fix: "use day or month")
        }
        guard limit.micros >= 0, limit.hasValidCurrency else {
            throw RPCError.invalid("limit", "is no amount", fix: "send micros from 0 and an ISO 4217 currency")
        }
        return try await pool.withTenant(tenant) { transaction in
            try await context.once(FinOpsV1.Methods.putBudget, request, in: transaction) {
                try await put(limit, per: period, scope: wire.scope, tenant: tenant, in: transaction)
            }
        }
    }

    private func put(
        _ limit: Money, per period: BudgetPeriod, scope: String, tenant: TenantID, in transaction: PostgresTransaction
    ) async throws -> FinOpsV1.PutBudgetResponse {
        try await budgets.put(scope: scope, period: period, limit: limit, tenant: tenant, in: transaction)
        let content: JSONValue = [
            "currency": .string(limit.currency), "limit_micros": .string(String(limit.micros)), "period": .string(period.rawValue),
            "scope": .string(scope),
        ]
        let draft = ReceiptDraft(
            kind: .budget, tenant: tenant, phase: .single,
            subject: [ReceiptSubject("budget:\(scope)", SHA256Digest(hashing: try content.canonical()))], outcome: "set",
            facts: content.objectValue ?? [:], time: now())
        _ = try await receipts.record(draft, in: transaction)
        let stored = try await budgets.budgets(at: now(), tenant: tenant, in: transaction).first { $0.scope == scope }
        return FinOpsV1.PutBudgetResponse(budget: stored?.wire)
    }

    package func listBudgets(_ request: FinOpsV1.ListBudgetsRequest, context: CallContext) async throws -> FinOpsV1.ListBudgetsResponse {
        let tenant = try context.requireTenant()
        return try await pool.withTenant(tenant) { transaction in
            let all = try await budgets.budgets(at: now(), tenant: tenant, in: transaction)
            return FinOpsV1.ListBudgetsResponse(budgets: all.map(\.wire))
        }
    }

    private func remaining(of budget: PostgresBudgetStore.Budget?, _ account: BudgetAccount? = nil) -> Money {
        guard let budget else { return Money(micros: .max) }
        return Money(micros: (account ?? budget.account).remaining, currency: budget.currency)
    }
}

extension PostgresBudgetStore.Budget {
    var wire: FinOpsV1.Budget {
        let money = { (micros: Int64) in Money(micros: micros, currency: currency).wire }
        return FinOpsV1.Budget(
            scope: scope, limit: money(account.limit), spent: money(account.spent), reserved: money(account.reserved), period: period.rawValue)
    }
}
