internal import ServiceKit

extension PolicyMigrations {
    /// What people typed is sealed from here on; rows from before stay as they are until they are erased.
    static let sealedLog = """
        ALTER TABLE decision ADD COLUMN session text NOT NULL DEFAULT '', ADD COLUMN entity_slice_digest bytea;
        ALTER TABLE decision_content ADD COLUMN key_month bigint, ADD COLUMN sealed bytea, ALTER COLUMN context DROP NOT NULL,
            ALTER COLUMN input DROP NOT NULL, ALTER COLUMN enforced_input DROP NOT NULL;
        CREATE TABLE context_key (
            tenant_id uuid NOT NULL,
            month bigint NOT NULL,
            wrapped bytea NOT NULL,
            kek_id text NOT NULL,
            created_at timestamptz NOT NULL DEFAULT now(),
            PRIMARY KEY (tenant_id, month)
        );
        -- What became of a decision: said later, by those who know.
        CREATE TABLE decision_outcome (
            tenant_id uuid NOT NULL,
            decision_id uuid NOT NULL,
            outcome_id uuid NOT NULL,
            kind text NOT NULL CHECK (kind IN ('approved', 'rejected', 'expired', 'spent', 'incident')),
            amount_micros bigint NOT NULL,
            currency text NOT NULL,
            happened_at timestamptz NOT NULL,
            PRIMARY KEY (tenant_id, decision_id, outcome_id)
        );
        \(isolation(of: "context_key", grants: "SELECT, INSERT, DELETE"))
        \(isolation(of: "decision_outcome", grants: "SELECT, INSERT"))
        """
}
