/// Where the answers to keyed calls are kept. A row is seen only when its effect has been committed with it.
enum IdempotencySchema {
    static func sql(app: String, system: String) -> String {
        """
        CREATE TABLE idempotency_key (
            tenant_id uuid NOT NULL,
            method text NOT NULL,
            key text NOT NULL CHECK (octet_length(key) BETWEEN 1 AND 200),
            request_digest bytea NOT NULL,
            code integer,
            response bytea,
            refusal jsonb,
            created_at timestamptz NOT NULL DEFAULT now(),
            expires_at timestamptz NOT NULL,
            PRIMARY KEY (tenant_id, method, key)
        );
        CREATE INDEX idempotency_key_expiry ON idempotency_key (expires_at);
        ALTER TABLE idempotency_key ENABLE ROW LEVEL SECURITY;
        ALTER TABLE idempotency_key FORCE ROW LEVEL SECURITY;
        CREATE POLICY tenant_isolation ON idempotency_key TO \(app)
            USING (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid)
            WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid);
        CREATE POLICY sweep ON idempotency_key TO \(system) USING (true);
        GRANT SELECT, INSERT, UPDATE ON idempotency_key TO \(app);
        GRANT SELECT, DELETE ON idempotency_key TO \(system);
        """
    }
}
