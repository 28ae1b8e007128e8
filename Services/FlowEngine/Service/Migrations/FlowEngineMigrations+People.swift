internal import ServiceKit

extension FlowEngineMigrations {
    /// Of an approval that more than one person decides: each one's part, with the digest of what that person saw.
    static let votes = """
        CREATE TABLE task_vote (
            tenant_id uuid NOT NULL,
            task_id uuid NOT NULL,
            number integer NOT NULL CHECK (number > 0),
            stage integer NOT NULL,
            voted_by text NOT NULL,
            verdict text NOT NULL CHECK (verdict IN ('approve', 'reject')),
            comment text NOT NULL,
            subject_digest bytea NOT NULL CHECK (octet_length(subject_digest) = 32),
            receipt_id uuid NOT NULL,
            voted_at timestamptz NOT NULL,
            PRIMARY KEY (tenant_id, task_id, number),
            FOREIGN KEY (tenant_id, task_id) REFERENCES task (tenant_id, task_id)
        );
        CREATE UNIQUE INDEX task_vote_once ON task_vote (tenant_id, task_id, subject_digest, lower(voted_by));
        \(TenantIsolation.sql(of: "task_vote", app: "flow_engine_app", grants: "SELECT, INSERT"))
        """
}
