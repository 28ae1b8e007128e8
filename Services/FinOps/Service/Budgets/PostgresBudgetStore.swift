internal import FinOpsCore
internal import FoundationEssentials
internal import Identity
internal import Postgres

/// A tenant's budgets with what is spent and reserved in their current period.
struct PostgresBudgetStore: Sendable {
    struct Budget: Sendable {
        var scope: String
        var period: BudgetPeriod
        var currency: String
        var account: BudgetAccount
    }

    struct Reservation: Sendable {
        var id: UUID
        var scope: String
        var periodStart: Date
        var amount: Int64
        var isOpen: Bool
    }

    func put(scope: String, period: BudgetPeriod, limit: Money, tenant: TenantID, in transaction: PostgresTransaction) async throws {
        _ = try await transaction.execute(
            """
            INSERT INTO budget (tenant_id, scope, period, currency, limit_micros) VALUES ($1, $2, $3, $4, $5)
            ON CONFLICT (tenant_id, scope) DO UPDATE SET period = EXCLUDED.period, currency = EXCLUDED.currency, limit_micros = EXCLUDED.limit_micros
            """, [.uuid(tenant.rawValue), .text(scope), .text(period.rawValue), .text(limit.currency), .int(limit.micros)])
    }

    func budgets(at time: Date, tenant: TenantID, in transaction: PostgresTransaction) async throws -> [Budget] {
        let rows = try await transaction.query(
            "SELECT scope, period, currency, limit_micros FROM budget WHERE tenant_id = $1 ORDER BY scope", [.uuid(tenant.rawValue)])
        var budgets: [Budget] = []
        for row in rows {
            budgets.append(try await budget(from: row, at: time, locking: false, tenant: tenant, in: transaction))
        }
        return budgets
    }

    /// The budget with its period's row locked until the transaction ends, so that two reservations cannot take the same money.
    func lockedBudget(scope: String, at time: Date, tenant: TenantID, in transaction: PostgresTransaction) async throws -> Budget? {
        let rows = try await transaction.query(
            "SELECT scope, period, currency, limit_micros FROM budget WHERE tenant_id = $1 AND scope = $2", [.uuid(tenant.rawValue), .text(scope)])
        guard let row = rows.first else { return nil }
        return try await budget(from: row, at: time, locking: true, tenant: tenant, in: transaction)
    }

    private func budget(
        from row: PostgresRow, at time: Date, locking: Bool, tenant: TenantID, in transaction: PostgresTransaction
    ) async throws -> Budget {
        let scope = try row.text("scope")
        let period = BudgetPeriod(rawValue: try row.text("period")) ?? .day
        let key: [PostgresValue] = [.uuid(tenant.rawValue), .text(scope), .timestamp(period.start(of: time))]
        if locking {
            _ = try await transaction.execute(
                "INSERT INTO budget_period (tenant_id, scope, period_start) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING", key)
        }
        let state = try await transaction.query(
            """
            SELECT spent_micros, reserved_micros FROM budget_period
            WHERE tenant_id = $1 AND scope = $2 AND period_start = $3 \(locking ? "FOR UPDATE" : "")
            """, key
        ).first
        let account = BudgetAccount(
            limit: try row.int("limit_micros"), spent: try state?.int("spent_micros") ?? 0, reserved: try state?.int("reserved_micros") ?? 0)
        return Budget(scope: scope, period: period, currency: try row.text("currency"), account: account)
    }

    func store(_ account: BudgetAccount, scope: String, periodStart: Date, tenant: TenantID, in transaction: PostgresTransaction) async throws {
        _ = try await transaction.execute(
            "UPDATE budget_period SET spent_micros = $4, reserved_micros = $5 WHERE tenant_id = $1 AND scope = $2 AND period_start = $3",
            [.uuid(tenant.rawValue), .text(scope), .timestamp(periodStart), .int(account.spent), .int(account.reserved)])
    }

    func account(scope: String, periodStart: Date, tenant: TenantID, in transaction: PostgresTransaction) async throws -> BudgetAccount? {
        let rows = try await transaction.query(
            """
            SELECT b.limit_micros, p.spent_micros, p.reserved_micros FROM budget_period p
            JOIN budget b ON b.tenant_id = p.tenant_id AND b.scope = p.scope
            WHERE p.tenant_id = $1 AND p.scope = $2 AND p.period_start = $3 FOR UPDATE OF p
            """, [.uuid(tenant.rawValue), .text(scope), .timestamp(periodStart)])
        return try rows.first.map { row in
            BudgetAccount(limit: try row.int("limit_micros"), spent: try row.int("spent_micros"), reserved: try row.int("reserved_micros"))
        }
    }
}

// MARK: Reservations

extension PostgresBudgetStore {
    func reservation(key: String, tenant: TenantID, in transaction: PostgresTransaction) async throws -> Reservation? {
        try await reservation(where: "key = $2", .text(key), tenant: tenant, in: transaction)
    }

    func reservation(id: UUID, tenant: TenantID, in transaction: PostgresTransaction) async throws -> Reservation? {
        try await reservation(where: "reservation_id = $2", .uuid(id), tenant: tenant, in: transaction)
    }

    private func reservation(
        where condition: StaticString, _ value: PostgresValue, tenant: TenantID, in transaction: PostgresTransaction
    ) async throws -> Reservation? {
        let rows = try await transaction.query(
            """
            SELECT reservation_id, scope, period_start, amount_micros, state FROM reservation
            WHERE tenant_id = $1 AND \(condition) FOR UPDATE
            """, [.uuid(tenant.rawValue), value])
        return try rows.first.map { row in
            Reservation(
                id: try row.uuid("reservation_id"), scope: try row.text("scope"), periodStart: try row.timestamp("period_start"),
                amount: try row.int("amount_micros"), isOpen: try row.text("state") == "open")
        }
    }

    func open(
        _ reservation: Reservation, key: String, currency: String, run: RunID?, step: String, tenant: TenantID, in transaction: PostgresTransaction
    ) async throws {
        _ = try await transaction.execute(
            """
            INSERT INTO reservation (tenant_id, reservation_id, key, scope, period_start, amount_micros, currency, run_id, step)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
            """,
            [
                .uuid(tenant.rawValue), .uuid(reservation.id), .text(key), .text(reservation.scope), .timestamp(reservation.periodStart),
                .int(reservation.amount), .text(currency), .optional(run?.rawValue), .text(step),
            ])
    }

    func close(_ id: UUID, tenant: TenantID, in transaction: PostgresTransaction) async throws {
        _ = try await transaction.execute(
            "UPDATE reservation SET state = 'settled' WHERE tenant_id = $1 AND reservation_id = $2", [.uuid(tenant.rawValue), .uuid(id)])
    }
}
