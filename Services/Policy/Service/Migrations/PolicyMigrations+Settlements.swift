internal import ServiceKit

extension PolicyMigrations {
    /// What actions came to that were allowed, each once.
    static let settlements = """
        ALTER TABLE decision_outcome DROP CONSTRAINT decision_outcome_kind_check;
        ALTER TABLE decision_outcome ADD CONSTRAINT decision_outcome_kind_check CHECK (kind IN (
            'approved', 'rejected', 'expired', 'spent', 'incident', 'succeeded', 'failed', 'cancelled', 'may-have-run'));
        CREATE TABLE decision_settlement (
            tenant_id uuid NOT NULL,
            decision_id uuid NOT NULL,
            outcome text NOT NULL CHECK (outcome IN ('succeeded', 'failed', 'cancelled', 'may-have-run')),
            happened_at timestamptz NOT NULL,
            settled_at timestamptz NOT NULL,
            PRIMARY KEY (tenant_id, decision_id)
        );
        \(isolation(of: "decision_settlement", grants: "SELECT, INSERT, UPDATE"))
        """

    /// The sweeper sees of all tenants who has states that were not touched for long; the rest it does in the tenant's own name.
    static let sessionSweep = """
        CREATE POLICY sweep ON session_state FOR SELECT TO policy_system USING (true);
        GRANT SELECT (tenant_id, updated_at) ON session_state TO policy_system;
        CREATE INDEX session_state_idle ON session_state (updated_at);
        """
}
