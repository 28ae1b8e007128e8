internal import Identity

/// The tables that every service has: what it sends, what it has signed and what it has answered.
enum KitMigrations {
    static func all(service: ServiceName) -> [Migration] {
        let name = service.databaseName
        return [
            Migration(number: 1, name: "outbox_and_emitter", sql: outboxAndEmitter(app: "\(name)_app", system: "\(name)_system")),
            Migration(number: 2, name: "outbox_operator", sql: outboxOperator(system: "\(name)_system")),
            Migration(number: 3, name: "idempotency_key", sql: IdempotencySchema.sql(app: "\(name)_app", system: "\(name)_system")),
        ]
    }

    private static func outboxAndEmitter(app: String, system: String) -> String {
        """
        CREATE TABLE outbox (
            tenant_id uuid NOT NULL,
            id uuid NOT NULL,
            position bigint GENERATED ALWAYS AS IDENTITY,
            destination text NOT NULL,
            method text NOT NULL,
            payload bytea NOT NULL,
            principal text,
            traceparent text,
            created_at timestamptz NOT NULL DEFAULT now(),
            attempts integer NOT NULL DEFAULT 0,
            next_attempt_at timestamptz NOT NULL DEFAULT now(),
            claimed_by text,
            last_error text,
            parked_at timestamptz,
            PRIMARY KEY (tenant_id, id)
        );
        CREATE UNIQUE INDEX outbox_line ON outbox (tenant_id, destination, position) WHERE parked_at IS NULL;
        CREATE INDEX outbox_due ON outbox (next_attempt_at) WHERE parked_at IS NULL;
        \(TenantIsolation.sql(
            of: "outbox", app: app, grants: "SELECT, INSERT", .init(policy: "relay", role: system, grants: "SELECT, UPDATE, DELETE")))

        CREATE TABLE emitter (
            tenant_id uuid NOT NULL,
            instance text NOT NULL,
            epoch bigint NOT NULL DEFAULT 0,
            seq bigint NOT NULL DEFAULT 0,
            prev bytea,
            PRIMARY KEY (tenant_id, instance)
        );
        \(TenantIsolation.sql(of: "emitter", app: app, grants: "SELECT, INSERT, UPDATE"))
        """
    }

    /// Whoever replays or drops a parked message puts the report of it in the same outbox, in the same transaction.
    private static func outboxOperator(system: String) -> String {
        """
        CREATE INDEX outbox_parked ON outbox (parked_at) WHERE parked_at IS NOT NULL;
        GRANT INSERT ON outbox TO \(system);
        """
    }
}
