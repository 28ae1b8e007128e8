package import ServiceKit

/// The schema of `provable_copilot`, forward only.
package enum CopilotMigrations {
    package static let all: [Migration] = [
        Migration(number: 1, name: "inbox", sql: inbox),
        Migration(number: 2, name: "answers", sql: answers),
    ]

    private static let inbox = """
        CREATE TABLE inbox_item (
            tenant_id uuid NOT NULL,
            item_id uuid NOT NULL,
            kind text NOT NULL CHECK (kind IN ('approval', 'task', 'anomaly', 'failed-run')),
            state text NOT NULL CHECK (state IN ('open', 'closed')),
            title text NOT NULL,
            summary text NOT NULL,
            role text NOT NULL,
            run_id uuid,
            task_id uuid,
            anomaly_id uuid,
            created_at timestamptz NOT NULL,
            due_at timestamptz,
            tone text NOT NULL,
            requested_by text NOT NULL,
            revision bigint NOT NULL,
            PRIMARY KEY (tenant_id, item_id)
        );
        CREATE INDEX inbox_item_order ON inbox_item (tenant_id, state, due_at NULLS LAST, created_at DESC, item_id);
        \(TenantIsolation.sql(of: "inbox_item", app: "copilot_app", grants: "SELECT, INSERT, UPDATE"))
        """

    /// Answers are kept so that one can be held against its receipt later; the question itself is personal and is not stored in clear.
    private static let answers = """
        CREATE TABLE answer (
            tenant_id uuid NOT NULL,
            answer_id uuid NOT NULL,
            asked_at timestamptz NOT NULL,
            route text NOT NULL,
            question_digest bytea NOT NULL,
            content jsonb NOT NULL,
            receipt_id uuid NOT NULL,
            PRIMARY KEY (tenant_id, answer_id)
        );
        \(TenantIsolation.sql(of: "answer", app: "copilot_app", grants: "SELECT, INSERT"))
        """
}
