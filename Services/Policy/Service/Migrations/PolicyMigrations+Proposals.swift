internal import ServiceKit

extension PolicyMigrations {
    /// Proposals that somebody has dismissed, and how far the replays are that run.
    static let answersToProposals = """
        CREATE TABLE proposal_dismissal (
            tenant_id uuid NOT NULL,
            proposal_id bytea NOT NULL CHECK (octet_length(proposal_id) = 32),
            kind text NOT NULL,
            policy_id text NOT NULL,
            sentence text NOT NULL,
            reason text NOT NULL,
            dismissed_by text NOT NULL,
            dismissed_at timestamptz NOT NULL,
            receipt_id uuid NOT NULL,
            PRIMARY KEY (tenant_id, proposal_id)
        );
        CREATE TABLE replay_progress (
            tenant_id uuid NOT NULL,
            replay_id uuid NOT NULL,
            done bigint NOT NULL,
            total bigint NOT NULL,
            updated_at timestamptz NOT NULL,
            PRIMARY KEY (tenant_id, replay_id)
        );
        \(isolation(of: "proposal_dismissal", grants: "SELECT, INSERT"))
        \(isolation(of: "replay_progress", grants: "SELECT, INSERT, UPDATE, DELETE"))
        """
}
