package import ServiceKit

/// The schema of `provable_ledger`, forward only. Nothing is ever updated or deleted in `entry` and `tile`: by grant, and by trigger.
package enum LedgerMigrations {
    package static let all: [Migration] = [
        Migration(number: 1, name: "logs", sql: logs),
        Migration(number: 2, name: "entries", sql: entries),
        Migration(number: 3, name: "security-events", sql: securityEvents),
        Migration(number: 4, name: "registered-keys", sql: registeredKeys),
    ]

    private static let logs = """
        CREATE TABLE log_key (
            tenant_id uuid PRIMARY KEY,
            origin text NOT NULL,
            verifier_key text NOT NULL,
            sealed_seed bytea NOT NULL,
            created_at timestamptz NOT NULL DEFAULT now()
        );
        CREATE TABLE log_head (
            tenant_id uuid PRIMARY KEY,
            size bigint NOT NULL,
            checkpoint text NOT NULL,
            updated_at timestamptz NOT NULL
        );
        \(isolation(of: "log_key", app: "SELECT", system: "SELECT, INSERT"))
        \(isolation(of: "log_head", app: "SELECT", system: "SELECT, INSERT, UPDATE"))
        """

    private static let entries = """
        CREATE TABLE entry (
            tenant_id uuid NOT NULL,
            index bigint NOT NULL,
            receipt_id uuid NOT NULL,
            kind text NOT NULL,
            phase text NOT NULL,
            emitter text NOT NULL,
            run_id uuid,
            step text NOT NULL,
            outcome text NOT NULL,
            time_micros bigint NOT NULL,
            digest bytea NOT NULL,
            leaf bytea NOT NULL,
            leaf_hash bytea NOT NULL,
            PRIMARY KEY (tenant_id, index),
            UNIQUE (tenant_id, receipt_id)
        );
        CREATE INDEX entry_run ON entry (tenant_id, run_id, index) WHERE run_id IS NOT NULL;
        CREATE TABLE envelope (
            tenant_id uuid NOT NULL,
            receipt_id uuid NOT NULL,
            envelope bytea NOT NULL,
            PRIMARY KEY (tenant_id, receipt_id)
        );
        -- What opens a receipt's salted digests; sealed, and erasable while every proof stays whole.
        CREATE TABLE disclosure (
            tenant_id uuid NOT NULL,
            receipt_id uuid NOT NULL,
            sealed bytea NOT NULL,
            PRIMARY KEY (tenant_id, receipt_id)
        );
        CREATE TABLE tile (
            tenant_id uuid NOT NULL,
            level integer NOT NULL,
            index bigint NOT NULL,
            hashes bytea NOT NULL,
            root bytea NOT NULL,
            PRIMARY KEY (tenant_id, level, index)
        );
        CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$;
        CREATE TRIGGER entry_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON entry FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
        CREATE TRIGGER tile_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON tile FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
        \(isolation(of: "entry", app: "SELECT", system: "SELECT, INSERT"))
        \(isolation(of: "envelope", app: "SELECT", system: "SELECT, INSERT"))
        \(isolation(of: "disclosure", app: "SELECT", system: "SELECT, INSERT"))
        \(isolation(of: "tile", app: "SELECT", system: "SELECT, INSERT"))
        """

    /// A refusal may have no tenant: then it stands under the nil UUID, which no tenant has.
    private static let securityEvents = """
        CREATE TABLE security_event (
            tenant_id uuid NOT NULL,
            event_id uuid NOT NULL,
            sequence bigint GENERATED ALWAYS AS IDENTITY,
            kind text NOT NULL,
            principal text NOT NULL,
            reporter text NOT NULL,
            detail jsonb NOT NULL,
            recorded_at timestamptz NOT NULL DEFAULT now(),
            PRIMARY KEY (tenant_id, event_id)
        );
        CREATE INDEX security_event_order ON security_event (tenant_id, sequence DESC);
        \(isolation(of: "security_event", app: "SELECT, INSERT", system: "SELECT"))
        """

    /// Row-level security that binds the owner too. The sequencer works for all tenants in one commit and has a role of its own.
    static func isolation(of table: String, app: String, system: String) -> String {
        TenantIsolation.sql(of: table, app: "ledger_app", grants: app, .init(policy: "sequencer", role: "ledger_system", grants: system))
    }
}
