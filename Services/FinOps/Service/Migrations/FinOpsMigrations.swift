package import ServiceKit

/// The schema of `provable_finops`, forward only.
package enum FinOpsMigrations {
    package static let all: [Migration] = [
        Migration(number: 1, name: "usage", sql: usage),
        Migration(number: 2, name: "budgets", sql: budgets),
        Migration(number: 3, name: "costs", sql: costs),
        Migration(number: 4, name: "throttles", sql: throttles),
    ]

    private static let usage = """
        CREATE TABLE usage_event (
            tenant_id uuid NOT NULL,
            event_id uuid NOT NULL,
            meter text NOT NULL,
            service text NOT NULL,
            quantity bigint NOT NULL CHECK (quantity >= 0),
            cost_micros bigint NOT NULL CHECK (cost_micros >= 0),
            currency text NOT NULL,
            occurred_at timestamptz NOT NULL,
            run_id uuid,
            step text NOT NULL,
            content_digest bytea NOT NULL,
            recorded_at timestamptz NOT NULL DEFAULT now(),
            PRIMARY KEY (tenant_id, event_id)
        );
        CREATE INDEX usage_event_run ON usage_event (tenant_id, run_id, occurred_at) WHERE run_id IS NOT NULL;
        CREATE TABLE usage_rollup (
            tenant_id uuid NOT NULL,
            service text NOT NULL,
            meter text NOT NULL,
            currency text NOT NULL,
            bucket timestamptz NOT NULL,
            quantity bigint NOT NULL,
            cost_micros bigint NOT NULL,
            events bigint NOT NULL,
            PRIMARY KEY (tenant_id, service, meter, currency, bucket)
        );
        \(isolation(of: "usage_event", grants: "SELECT, INSERT"))
        \(isolation(of: "usage_rollup", grants: "SELECT, INSERT, UPDATE"))
        """

    private static let budgets = """
        CREATE TABLE budget (
            tenant_id uuid NOT NULL,
            scope text NOT NULL,
            period text NOT NULL CHECK (period IN ('day', 'month')),
            currency text NOT NULL,
            limit_micros bigint NOT NULL CHECK (limit_micros >= 0),
            PRIMARY KEY (tenant_id, scope)
        );
        CREATE TABLE budget_period (
            tenant_id uuid NOT NULL,
            scope text NOT NULL,
            period_start timestamptz NOT NULL,
            spent_micros bigint NOT NULL DEFAULT 0,
            reserved_micros bigint NOT NULL DEFAULT 0 CHECK (reserved_micros >= 0),
            PRIMARY KEY (tenant_id, scope, period_start)
        );
        CREATE TABLE reservation (
            tenant_id uuid NOT NULL,
            reservation_id uuid NOT NULL,
            key text NOT NULL,
            scope text NOT NULL,
            period_start timestamptz NOT NULL,
            amount_micros bigint NOT NULL CHECK (amount_micros >= 0),
            currency text NOT NULL,
            state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'settled')),
            run_id uuid,
            step text NOT NULL,
            created_at timestamptz NOT NULL DEFAULT now(),
            PRIMARY KEY (tenant_id, reservation_id),
            UNIQUE (tenant_id, key)
        );
        \(isolation(of: "budget", grants: "SELECT, INSERT, UPDATE"))
        \(isolation(of: "budget_period", grants: "SELECT, INSERT, UPDATE"))
        \(isolation(of: "reservation", grants: "SELECT, INSERT, UPDATE"))
        """

    private static let costs = """
        CREATE TABLE cost_series (
            tenant_id uuid NOT NULL,
            service text NOT NULL,
            meter text NOT NULL,
            currency text NOT NULL,
            detector jsonb NOT NULL,
            last_at timestamptz NOT NULL,
            PRIMARY KEY (tenant_id, service, meter)
        );
        CREATE TABLE cost_point (
            tenant_id uuid NOT NULL,
            service text NOT NULL,
            meter text NOT NULL,
            at timestamptz NOT NULL,
            cost_micros bigint NOT NULL CHECK (cost_micros >= 0),
            expected_micros bigint,
            anomalous boolean NOT NULL,
            currency text NOT NULL,
            PRIMARY KEY (tenant_id, service, meter, at)
        );
        CREATE TABLE anomaly (
            tenant_id uuid NOT NULL,
            anomaly_id uuid NOT NULL,
            service text NOT NULL,
            meter text NOT NULL,
            state text NOT NULL CHECK (state IN ('open', 'closed')),
            observed_micros bigint NOT NULL,
            expected_micros bigint NOT NULL,
            currency text NOT NULL,
            opened_at timestamptz NOT NULL,
            closed_at timestamptz,
            receipt_id uuid NOT NULL,
            PRIMARY KEY (tenant_id, anomaly_id)
        );
        CREATE UNIQUE INDEX anomaly_one_open ON anomaly (tenant_id, service, meter) WHERE state = 'open';
        \(isolation(of: "cost_series", grants: "SELECT, INSERT, UPDATE"))
        \(isolation(of: "cost_point", grants: "SELECT, INSERT"))
        \(isolation(of: "anomaly", grants: "SELECT, INSERT, UPDATE"))
        """

    private static let throttles = """
        CREATE TABLE throttle (
            tenant_id uuid NOT NULL,
            service text NOT NULL,
            meter text NOT NULL,
            percent integer NOT NULL CHECK (percent BETWEEN 0 AND 100),
            run_id uuid,
            since timestamptz NOT NULL,
            PRIMARY KEY (tenant_id, service, meter)
        );
        \(isolation(of: "throttle", grants: "SELECT, INSERT, UPDATE, DELETE"))
        """

    private static func isolation(of table: String, grants: String) -> String {
        TenantIsolation.sql(of: table, app: "finops_app", grants: grants)
    }
}
