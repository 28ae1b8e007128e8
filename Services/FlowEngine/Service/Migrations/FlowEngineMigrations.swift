package import ServiceKit

/// The schema of `provable_flow_engine`, forward only.
package enum FlowEngineMigrations {
    package static let all: [Migration] = [
        Migration(number: 1, name: "flows", sql: flows),
        Migration(number: 2, name: "runs", sql: runs),
        Migration(number: 3, name: "tasks", sql: tasks),
        Migration(number: 4, name: "events", sql: events),
        Migration(number: 5, name: "activity", sql: activity),
        Migration(number: 6, name: "publish_expiry", sql: publishExpiry),
        Migration(number: 7, name: "run_trace", sql: runTrace),
        Migration(number: 8, name: "run_control", sql: control),
        Migration(number: 9, name: "votes", sql: votes),
    ]

    private static let flows = """
        CREATE TABLE flow_version (
            tenant_id uuid NOT NULL,
            flow text NOT NULL,
            version_id bytea NOT NULL CHECK (octet_length(version_id) = 32),
            number integer NOT NULL,
            title text NOT NULL,
            document bytea NOT NULL,
            trigger_summary text NOT NULL,
            event_kind text,
            note text NOT NULL,
            state text NOT NULL CHECK (state IN ('published', 'awaiting-approval', 'refused')),
            author text NOT NULL,
            author_roles text[] NOT NULL,
            task_id uuid,
            receipt_id uuid,
            created_at timestamptz NOT NULL,
            published_at timestamptz,
            PRIMARY KEY (tenant_id, flow, version_id),
            UNIQUE (tenant_id, flow, number)
        );
        CREATE TABLE flow (
            tenant_id uuid NOT NULL,
            name text NOT NULL,
            version_id bytea NOT NULL,
            event_kind text,
            next_fire_at timestamptz,
            PRIMARY KEY (tenant_id, name),
            FOREIGN KEY (tenant_id, name, version_id) REFERENCES flow_version (tenant_id, flow, version_id)
        );
        CREATE INDEX flow_event ON flow (tenant_id, event_kind) WHERE event_kind IS NOT NULL;
        CREATE INDEX flow_schedule ON flow (next_fire_at) WHERE next_fire_at IS NOT NULL;
        \(isolation(of: "flow_version", grants: "SELECT, INSERT, UPDATE"))
        \(isolation(of: "flow", grants: "SELECT, INSERT, UPDATE"))
        CREATE POLICY schedules ON flow TO flow_engine_system USING (next_fire_at IS NOT NULL) WITH CHECK (true);
        GRANT SELECT ON flow TO flow_engine_system;
        """

    private static let runs = """
        CREATE TABLE run (
            tenant_id uuid NOT NULL,
            run_id uuid NOT NULL,
            flow text NOT NULL,
            version_id bytea NOT NULL,
            dedup_key text,
            state text NOT NULL CHECK (state IN ('running', 'waiting', 'succeeded', 'failed', 'cancelled')),
            node text NOT NULL,
            position bytea NOT NULL,
            why_waiting text NOT NULL,
            started_by text NOT NULL,
            started_at timestamptz NOT NULL,
            ended_at timestamptz,
            deadline_at timestamptz,
            outcome text NOT NULL DEFAULT '',
            message text NOT NULL DEFAULT '',
            fence bigint NOT NULL DEFAULT 0,
            lease_owner text,
            lease_until timestamptz,
            next_wake_at timestamptz,
            attempts integer NOT NULL DEFAULT 0,
            PRIMARY KEY (tenant_id, run_id),
            UNIQUE (tenant_id, dedup_key),
            FOREIGN KEY (tenant_id, flow, version_id) REFERENCES flow_version (tenant_id, flow, version_id)
        );
        CREATE INDEX run_due ON run (next_wake_at) WHERE next_wake_at IS NOT NULL;
        CREATE INDEX run_newest ON run (tenant_id, started_at DESC, run_id DESC);
        CREATE INDEX run_of_flow ON run (tenant_id, flow);
        CREATE TABLE step (
            tenant_id uuid NOT NULL,
            run_id uuid NOT NULL,
            seq integer NOT NULL,
            node text NOT NULL,
            type text NOT NULL,
            title text NOT NULL,
            state text NOT NULL,
            attempt integer NOT NULL,
            input bytea NOT NULL,
            output bytea NOT NULL,
            error text NOT NULL,
            port text NOT NULL,
            decision_id uuid,
            task_id uuid,
            receipts uuid[] NOT NULL DEFAULT '{}',
            cost_micros bigint NOT NULL DEFAULT 0,
            started_at timestamptz NOT NULL,
            ended_at timestamptz,
            PRIMARY KEY (tenant_id, run_id, seq),
            FOREIGN KEY (tenant_id, run_id) REFERENCES run (tenant_id, run_id)
        );
        CREATE TABLE timer (
            tenant_id uuid NOT NULL,
            run_id uuid NOT NULL,
            seq integer NOT NULL,
            kind text NOT NULL,
            due_at timestamptz NOT NULL,
            PRIMARY KEY (tenant_id, run_id, seq, kind)
        );
        CREATE INDEX timer_due ON timer (due_at);
        CREATE TABLE run_receipt (
            tenant_id uuid NOT NULL,
            run_id uuid NOT NULL,
            digest bytea NOT NULL,
            receipt_id uuid,
            seq integer,
            PRIMARY KEY (tenant_id, run_id, digest)
        );
        \(isolation(of: "run", grants: "SELECT, INSERT, UPDATE"))
        \(isolation(of: "step", grants: "SELECT, INSERT, UPDATE"))
        \(isolation(of: "timer", grants: "SELECT, INSERT, UPDATE, DELETE"))
        \(isolation(of: "run_receipt", grants: "SELECT, INSERT"))
        CREATE POLICY worker ON run TO flow_engine_system USING (next_wake_at IS NOT NULL OR lease_owner IS NOT NULL) WITH CHECK (true);
        GRANT SELECT (tenant_id, run_id, fence, lease_owner, lease_until, next_wake_at) ON run TO flow_engine_system;
        GRANT UPDATE (fence, lease_owner, lease_until) ON run TO flow_engine_system;
        CREATE POLICY sweeper ON timer TO flow_engine_system USING (true);
        GRANT SELECT ON timer TO flow_engine_system;
        """

    private static let tasks = """
        CREATE TABLE task (
            tenant_id uuid NOT NULL,
            task_id uuid NOT NULL,
            kind text NOT NULL CHECK (kind IN ('approval', 'task')),
            state text NOT NULL CHECK (state IN ('open', 'approved', 'rejected', 'completed', 'expired', 'cancelled')),
            title text NOT NULL,
            role text NOT NULL,
            run_id uuid,
            flow text NOT NULL,
            version_id bytea NOT NULL,
            node text NOT NULL,
            seq integer NOT NULL,
            requested_by text NOT NULL,
            subject bytea NOT NULL,
            subject_digest bytea NOT NULL,
            form bytea,
            reason text NOT NULL,
            decision_id uuid,
            enforced_identity bytea,
            excluded text[] NOT NULL,
            created_at timestamptz NOT NULL,
            due_at timestamptz,
            decided_by text NOT NULL DEFAULT '',
            decided_at timestamptz,
            comment text NOT NULL DEFAULT '',
            answer bytea,
            receipt_id uuid,
            PRIMARY KEY (tenant_id, task_id)
        );
        CREATE INDEX task_newest ON task (tenant_id, created_at DESC, task_id DESC);
        CREATE INDEX task_of_run ON task (tenant_id, run_id) WHERE run_id IS NOT NULL;
        \(isolation(of: "task", grants: "SELECT, INSERT, UPDATE"))
        """

    private static let events = """
        CREATE TABLE event_buffer (
            tenant_id uuid NOT NULL,
            event_id uuid NOT NULL,
            kind text NOT NULL,
            payload bytea NOT NULL,
            cause bytea,
            received_at timestamptz NOT NULL,
            PRIMARY KEY (tenant_id, event_id)
        );
        CREATE INDEX event_buffer_kind ON event_buffer (tenant_id, kind, received_at);
        CREATE TABLE event_wait (
            tenant_id uuid NOT NULL,
            run_id uuid NOT NULL,
            seq integer NOT NULL,
            kind text NOT NULL,
            PRIMARY KEY (tenant_id, run_id, seq)
        );
        CREATE INDEX event_wait_kind ON event_wait (tenant_id, kind);
        \(isolation(of: "event_buffer", grants: "SELECT, INSERT"))
        \(isolation(of: "event_wait", grants: "SELECT, INSERT, UPDATE, DELETE"))
        CREATE POLICY retention ON event_buffer TO flow_engine_system USING (true);
        GRANT SELECT (received_at), DELETE ON event_buffer TO flow_engine_system;
        """

    /// The cursor comes from a row that each transaction locks, and not from a sequence: numbers become visible in their order, so that
    /// a reader who has seen 9 will never be owed 8.
    private static let activity = """
        CREATE TABLE activity_head (
            tenant_id uuid NOT NULL PRIMARY KEY,
            last bigint NOT NULL
        );
        CREATE TABLE activity (
            tenant_id uuid NOT NULL,
            cursor bigint NOT NULL,
            kind text NOT NULL,
            data bytea NOT NULL,
            at timestamptz NOT NULL,
            PRIMARY KEY (tenant_id, cursor)
        );
        \(isolation(of: "activity_head", grants: "SELECT, INSERT, UPDATE"))
        \(isolation(of: "activity", grants: "SELECT, INSERT"))
        """

    /// Approvals of a publish belong to no run, so no run's timer ends them.
    /// W3C trace context of what moved a run last: whoever goes on with it hangs its work below.
    private static let runTrace = "ALTER TABLE run ADD COLUMN traceparent text;"

    private static let publishExpiry = """
        CREATE INDEX task_publish_due ON task (due_at) WHERE run_id IS NULL AND state = 'open';
        CREATE POLICY expiry ON task TO flow_engine_system USING (run_id IS NULL AND state = 'open');
        GRANT SELECT (tenant_id, task_id, run_id, state, due_at) ON task TO flow_engine_system;
        """

    private static func isolation(of table: String, grants: String) -> String {
        TenantIsolation.sql(of: table, app: "flow_engine_app", grants: grants)
    }
}
