extension LedgerMigrations {
    /// Which services' keys a log has registered, and the registering instance's place in its own sequence.
    static let registeredKeys = """
        CREATE TABLE log_emitter (
            tenant_id uuid NOT NULL,
            key_id text NOT NULL,
            index bigint NOT NULL,
            instance text NOT NULL,
            seq bigint NOT NULL,
            digest bytea NOT NULL,
            PRIMARY KEY (tenant_id, key_id),
            UNIQUE (tenant_id, instance, seq)
        );
        CREATE TRIGGER log_emitter_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON log_emitter
            FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
        \(isolation(of: "log_emitter", app: "SELECT", system: "SELECT, INSERT"))
        """
}
