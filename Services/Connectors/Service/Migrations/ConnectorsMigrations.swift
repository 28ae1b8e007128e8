package import ServiceKit

/// The schema of the database `provable_connectors`.
package enum ConnectorsMigrations {
    package static let all = [
        Migration(number: 1, name: "connections", sql: connections), Migration(number: 2, name: "calls", sql: calls),
        Migration(number: 3, name: "webhooks", sql: webhooks),
    ]

    private static let connections = """
        CREATE TABLE tenant_key (
            tenant_id uuid NOT NULL,
            version bigint NOT NULL,
            wrapped bytea NOT NULL,
            kek_id text NOT NULL,
            created_at timestamptz NOT NULL DEFAULT now(),
            PRIMARY KEY (tenant_id, version)
        );
        CREATE TABLE connection (
            tenant_id uuid NOT NULL,
            connector text NOT NULL,
            base_url text,
            health text NOT NULL DEFAULT 'connected' CHECK (health IN ('connected', 'failing')),
            reason text NOT NULL DEFAULT '',
            changed_by text NOT NULL,
            changed_at timestamptz NOT NULL,
            PRIMARY KEY (tenant_id, connector)
        );
        CREATE TABLE connection_secret (
            tenant_id uuid NOT NULL,
            connector text NOT NULL,
            field text NOT NULL,
            sealed bytea NOT NULL,
            key_version bigint NOT NULL,
            -- The one before, which webhooks may still be signed with for a while.
            previous_sealed bytea,
            previous_key_version bigint,
            previous_until timestamptz,
            changed_at timestamptz NOT NULL,
            PRIMARY KEY (tenant_id, connector, field),
            FOREIGN KEY (tenant_id, connector) REFERENCES connection (tenant_id, connector)
        );
        \(isolation(of: "tenant_key", grants: "SELECT, INSERT"))
        \(isolation(of: "connection", grants: "SELECT, INSERT, UPDATE"))
        \(isolation(of: "connection_secret", grants: "SELECT, INSERT, UPDATE"))
        """

    private static let calls = """
        CREATE TABLE connector_call (
            tenant_id uuid NOT NULL,
            call_key text NOT NULL,
            operation text NOT NULL,
            connector_version text NOT NULL,
            request_digest bytea NOT NULL,
            decision_id uuid NOT NULL,
            run_id uuid,
            step text NOT NULL,
            state text NOT NULL CHECK (state IN ('prepared', 'started', 'retryable', 'succeeded', 'failed', 'may-have-run')),
            attempt integer NOT NULL CHECK (attempt > 0),
            worker_instance text NOT NULL,
            worker_boot text NOT NULL,
            lease_ends timestamptz NOT NULL,
            first_sent timestamptz,
            last_sent timestamptz,
            reservation_id uuid,
            intent_receipt uuid,
            open_intents bytea[] NOT NULL DEFAULT '{}',
            receipt_ids uuid[] NOT NULL DEFAULT '{}',
            receipt_digests bytea[] NOT NULL DEFAULT '{}',
            output bytea,
            error_class text,
            error_message text,
            retry_after_ms bigint,
            cost_micros bigint NOT NULL DEFAULT 0,
            created_at timestamptz NOT NULL,
            updated_at timestamptz NOT NULL,
            PRIMARY KEY (tenant_id, call_key),
            -- What was decided once is done once.
            CONSTRAINT connector_call_decision UNIQUE (tenant_id, decision_id)
        );
        CREATE INDEX connector_call_run ON connector_call (tenant_id, run_id);
        \(isolation(of: "connector_call", grants: "SELECT, INSERT, UPDATE"))
        """

    private static let webhooks = """
        CREATE TABLE webhook_event (
            tenant_id uuid NOT NULL,
            connector text NOT NULL,
            delivery_id text NOT NULL,
            -- Over the bytes that were signed: some vendors do not sign the delivery's id.
            signed_digest bytea NOT NULL,
            event_id uuid NOT NULL,
            kind text NOT NULL,
            payload bytea NOT NULL,
            receipt_id uuid NOT NULL,
            received_at timestamptz NOT NULL,
            PRIMARY KEY (tenant_id, connector, delivery_id),
            UNIQUE (tenant_id, connector, signed_digest)
        );
        \(isolation(of: "webhook_event", grants: "SELECT, INSERT, UPDATE"))
        """

    private static func isolation(of table: String, grants: String) -> String {
        TenantIsolation.sql(of: table, app: "connectors_app", grants: grants)
    }
}
