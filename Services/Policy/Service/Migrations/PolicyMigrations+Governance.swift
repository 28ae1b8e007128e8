internal import ServiceKit

extension PolicyMigrations {
    /// How bundles come into force: whom they are of, who agreed, and what is tried beside them.
    static let governance = """
        ALTER TABLE bundle ADD COLUMN schema bytea NOT NULL DEFAULT '', ADD COLUMN tests bytea NOT NULL DEFAULT '[]',
            ADD COLUMN expires_at timestamptz,
            ADD COLUMN blueprint_digest bytea CHECK (octet_length(blueprint_digest) = 32),
            -- The client's own part of a bundle that is laid over a blueprint, as JSON.
            ADD COLUMN addition bytea,
            -- Of the receipt that attests the digest.
            ADD COLUMN envelope bytea NOT NULL DEFAULT '';
        CREATE INDEX grant_use_decision ON grant_use (tenant_id, decision_id);
        CREATE INDEX bundle_created ON bundle (tenant_id, created_at);
        ALTER TABLE active_bundle ADD COLUMN shadow_digest bytea;
        CREATE TABLE activation (
            tenant_id uuid NOT NULL,
            activation_id uuid NOT NULL,
            kind text NOT NULL CHECK (kind IN ('bundle', 'rollback', 'settings', 'tighten', 'blueprint')),
            digest bytea,
            previous_digest bytea,
            settings jsonb,
            state text NOT NULL CHECK (state IN ('awaiting-approval', 'active', 'rejected', 'held')),
            proposed_by text NOT NULL,
            decided_by text NOT NULL,
            note text NOT NULL,
            proposed_at timestamptz NOT NULL,
            decided_at timestamptz,
            receipt_id uuid,
            PRIMARY KEY (tenant_id, activation_id)
        );
        CREATE TABLE policy_settings (
            tenant_id uuid NOT NULL PRIMARY KEY,
            two_person boolean NOT NULL,
            tighten_automatically boolean NOT NULL,
            replay_seconds bigint NOT NULL,
            agency_id uuid,
            blueprint_digest bytea
        );
        -- The tenants that may follow this one's bundles as their blueprint.
        CREATE TABLE blueprint_client (
            tenant_id uuid NOT NULL,
            client_id uuid NOT NULL,
            PRIMARY KEY (tenant_id, client_id)
        );
        CREATE TABLE decision_shadow (
            tenant_id uuid NOT NULL,
            decision_id uuid NOT NULL,
            bundle_digest bytea NOT NULL,
            enforced smallint NOT NULL CHECK (enforced BETWEEN 0 AND 4),
            -- None where the shadow could not judge.
            verdict smallint CHECK (verdict BETWEEN 0 AND 4),
            determining text[] NOT NULL,
            satisfied_permits text[] NOT NULL,
            satisfied_forbids text[] NOT NULL,
            erring text[] NOT NULL,
            reason text NOT NULL,
            decided_at timestamptz NOT NULL,
            PRIMARY KEY (tenant_id, decision_id)
        );
        \(isolation(of: "activation", grants: "SELECT, INSERT, UPDATE"))
        \(TenantIsolation.sql(
            of: "policy_settings", app: "policy_app", grants: "SELECT, INSERT, UPDATE",
            .init(policy: "sweep", role: "policy_system", grants: "SELECT")))
        \(isolation(of: "blueprint_client", grants: "SELECT, INSERT, DELETE"))
        \(isolation(of: "decision_shadow", grants: "SELECT, INSERT"))
        """
}
