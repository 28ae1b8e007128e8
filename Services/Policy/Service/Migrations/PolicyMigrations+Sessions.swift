internal import ServiceKit

extension PolicyMigrations {
    /// What happened in sessions, as far as session rules look back. What people typed is sealed like the contexts of decisions.
    static let sessions = """
        CREATE TABLE session_state (
            tenant_id uuid NOT NULL,
            session text NOT NULL CHECK (octet_length(session) BETWEEN 1 AND 256),
            -- What the seal is bound to.
            state_id uuid NOT NULL,
            sealed bytea,
            key_month bigint,
            version bigint NOT NULL DEFAULT 0,
            updated_at timestamptz NOT NULL DEFAULT now(),
            PRIMARY KEY (tenant_id, session),
            CHECK ((sealed IS NULL) = (key_month IS NULL))
        );
        CREATE INDEX session_state_updated ON session_state (tenant_id, updated_at);
        \(isolation(of: "session_state", grants: "SELECT, INSERT, UPDATE, DELETE"))
        """
}
