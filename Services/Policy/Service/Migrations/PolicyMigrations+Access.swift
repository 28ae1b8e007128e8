internal import ServiceKit

extension PolicyMigrations {
    /// What an approval can be asked for, the requests, and what people said to them. Never deleted: they explain decisions.
    static let access = """
        CREATE TABLE access_denial (
            tenant_id uuid NOT NULL,
            decision_id uuid NOT NULL,
            asker text NOT NULL,
            subject_type text NOT NULL,
            subject text NOT NULL,
            action text NOT NULL,
            resource_type text NOT NULL,
            resource text NOT NULL,
            members text[] NOT NULL,
            binding bytea NOT NULL CHECK (octet_length(binding) = 32),
            identity bytea NOT NULL CHECK (octet_length(identity) = 32),
            needs jsonb NOT NULL,
            expires_at timestamptz NOT NULL,
            PRIMARY KEY (tenant_id, decision_id)
        );
        CREATE TABLE access_task (
            tenant_id uuid NOT NULL,
            task_id uuid NOT NULL,
            decision_id uuid NOT NULL,
            requester text NOT NULL,
            status text NOT NULL CHECK (status IN ('pending', 'approved', 'denied', 'cancelled')),
            justification text NOT NULL,
            submit_key text,
            submit_digest bytea NOT NULL,
            created_at timestamptz NOT NULL,
            expires_at timestamptz NOT NULL,
            requested_until timestamptz,
            approval_id uuid,
            approved_at timestamptz,
            PRIMARY KEY (tenant_id, task_id),
            CONSTRAINT access_task_once UNIQUE (tenant_id, decision_id, requester),
            CONSTRAINT access_task_key UNIQUE (tenant_id, requester, submit_key),
            CONSTRAINT access_task_approval UNIQUE (tenant_id, approval_id),
            CHECK ((status = 'approved') = (approval_id IS NOT NULL AND approved_at IS NOT NULL)),
            FOREIGN KEY (tenant_id, decision_id) REFERENCES access_denial (tenant_id, decision_id)
        );
        CREATE TABLE access_vote (
            tenant_id uuid NOT NULL,
            task_id uuid NOT NULL,
            vote_id uuid NOT NULL,
            role text NOT NULL,
            approver text NOT NULL,
            approves boolean NOT NULL,
            comment text NOT NULL,
            voted_at timestamptz NOT NULL,
            CONSTRAINT access_vote_once PRIMARY KEY (tenant_id, task_id, role, approver),
            FOREIGN KEY (tenant_id, task_id) REFERENCES access_task (tenant_id, task_id)
        );
        \(TenantIsolation.sql(of: "access_denial", app: "policy_app", grants: "SELECT, INSERT"))
        \(TenantIsolation.sql(of: "access_task", app: "policy_app", grants: "SELECT, INSERT, UPDATE"))
        \(TenantIsolation.sql(of: "access_vote", app: "policy_app", grants: "SELECT, INSERT"))
        """
}
