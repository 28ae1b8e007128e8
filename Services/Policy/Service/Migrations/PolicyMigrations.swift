package import ServiceKit

/// The schema of `provable_policy`, forward only.
package enum PolicyMigrations {
    package static let all: [Migration] = [
        Migration(number: 1, name: "bundles", sql: bundles),
        Migration(number: 2, name: "decisions", sql: decisions),
        Migration(number: 3, name: "sealed_log", sql: sealedLog),
        Migration(number: 4, name: "governance", sql: governance),
        Migration(number: 5, name: "sessions", sql: sessions),
        Migration(number: 6, name: "access", sql: access),
        Migration(number: 7, name: "settlements", sql: settlements),
        Migration(number: 8, name: "session_sweep", sql: sessionSweep),
        Migration(number: 9, name: "answers_to_proposals", sql: answersToProposals),
    ]

    private static let bundles = """
        CREATE TABLE bundle (
            tenant_id uuid NOT NULL,
            digest bytea NOT NULL CHECK (octet_length(digest) = 32),
            name text NOT NULL,
            policies bytea NOT NULL,
            entities bytea NOT NULL,
            author text NOT NULL,
            created_at timestamptz NOT NULL,
            PRIMARY KEY (tenant_id, digest)
        );
        CREATE TABLE active_bundle (
            tenant_id uuid NOT NULL PRIMARY KEY,
            digest bytea NOT NULL,
            activated_by text NOT NULL,
            activated_at timestamptz NOT NULL,
            FOREIGN KEY (tenant_id, digest) REFERENCES bundle (tenant_id, digest)
        );
        \(isolation(of: "bundle", grants: "SELECT, INSERT"))
        \(isolation(of: "active_bundle", grants: "SELECT, INSERT, UPDATE"))
        """

    /// Decisions are only ever added. What a person typed stands apart, so that it can be erased without them.
    private static let decisions = """
        CREATE TABLE decision (
            tenant_id uuid NOT NULL,
            decision_id uuid NOT NULL,
            request_id bytea NOT NULL,
            request_digest bytea NOT NULL,
            context_digest bytea NOT NULL,
            bundle_digest bytea NOT NULL,
            engine text NOT NULL,
            mode text NOT NULL CHECK (mode IN ('enforce', 'shadow', 'simulate')),
            principal_type text NOT NULL,
            principal text NOT NULL,
            roles text[] NOT NULL,
            action text NOT NULL,
            resource_type text NOT NULL,
            resource text NOT NULL,
            verdict smallint NOT NULL CHECK (verdict BETWEEN 0 AND 4),
            reason text NOT NULL,
            determining text[] NOT NULL,
            satisfied_permits text[] NOT NULL,
            satisfied_forbids text[] NOT NULL,
            erring text[] NOT NULL,
            gates jsonb NOT NULL,
            obligations jsonb NOT NULL,
            input_identity bytea NOT NULL,
            enforced_identity bytea NOT NULL,
            run_id uuid,
            step text NOT NULL,
            receipt_id uuid NOT NULL,
            receipt_digest bytea NOT NULL,
            decided_at timestamptz NOT NULL,
            PRIMARY KEY (tenant_id, decision_id),
            CONSTRAINT decision_request UNIQUE (tenant_id, request_id)
        );
        CREATE INDEX decision_run ON decision (tenant_id, run_id, decision_id) WHERE run_id IS NOT NULL;
        CREATE INDEX decision_verdict ON decision (tenant_id, verdict, decision_id);
        CREATE TABLE decision_content (
            tenant_id uuid NOT NULL,
            decision_id uuid NOT NULL,
            context bytea NOT NULL,
            input bytea NOT NULL,
            enforced_input bytea NOT NULL,
            PRIMARY KEY (tenant_id, decision_id)
        );
        CREATE TABLE grant_use (
            tenant_id uuid NOT NULL,
            task_id uuid NOT NULL,
            decision_id uuid NOT NULL,
            CONSTRAINT grant_use_once PRIMARY KEY (tenant_id, task_id)
        );
        \(isolation(of: "decision", grants: "SELECT, INSERT"))
        \(isolation(of: "decision_content", grants: "SELECT, INSERT, DELETE"))
        \(isolation(of: "grant_use", grants: "SELECT, INSERT"))
        """

    static func isolation(of table: String, grants: String) -> String {
        TenantIsolation.sql(of: table, app: "policy_app", grants: grants)
    }
}
