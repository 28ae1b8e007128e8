package import ServiceKit

/// The schema of `provable_gateway`, forward only. Sign-in has no tenant yet: it reads through the system role.
package enum GatewayMigrations {
    package static let all: [Migration] = [
        Migration(number: 1, name: "directory", sql: directory),
        Migration(number: 2, name: "sessions", sql: sessions),
        Migration(number: 3, name: "keys_begin_with_the_tenant", sql: keys),
    ]

    private static let directory = """
        CREATE TABLE tenant (
            tenant_id uuid PRIMARY KEY,
            slug text NOT NULL UNIQUE,
            name text NOT NULL,
            kind text NOT NULL CHECK (kind IN ('company', 'agency', 'client')),
            parent_id uuid REFERENCES tenant (tenant_id)
        );
        CREATE TABLE membership (
            tenant_id uuid NOT NULL REFERENCES tenant (tenant_id),
            email text NOT NULL,
            name text NOT NULL,
            roles text[] NOT NULL,
            -- Set where the member acts here by a grant to another tenant's people: an agency in its client's workspace.
            origin_tenant_id uuid REFERENCES tenant (tenant_id),
            PRIMARY KEY (tenant_id, email)
        );
        CREATE INDEX membership_email ON membership (email);
        \(isolation(of: "tenant", app: "SELECT", system: "SELECT, INSERT, UPDATE"))
        \(isolation(of: "membership", app: "SELECT", system: "SELECT, INSERT, UPDATE"))
        """

    private static let sessions = """
        CREATE TABLE session (
            tenant_id uuid NOT NULL REFERENCES tenant (tenant_id),
            session_digest bytea NOT NULL,
            email text NOT NULL,
            created_at timestamptz NOT NULL,
            expires_at timestamptz NOT NULL,
            PRIMARY KEY (session_digest)
        );
        CREATE TABLE idempotency (
            tenant_id uuid NOT NULL,
            principal text NOT NULL,
            key text NOT NULL,
            request_digest bytea NOT NULL,
            status integer,
            body bytea,
            begun_at timestamptz NOT NULL,
            PRIMARY KEY (tenant_id, principal, key)
        );
        \(isolation(of: "session", app: "SELECT", system: "SELECT, INSERT, UPDATE, DELETE"))
        \(isolation(of: "idempotency", app: "SELECT, INSERT, UPDATE, DELETE", system: "SELECT, DELETE"))
        """

    /// A session is found by its digest alone, before its tenant is known: the digest stays unique. The index is the sweeper's.
    private static let keys = """
        ALTER TABLE session DROP CONSTRAINT session_pkey, ADD PRIMARY KEY (tenant_id, session_digest),
            ADD CONSTRAINT session_digest_unique UNIQUE (session_digest);
        CREATE INDEX session_expires_at ON session (expires_at);
        CREATE INDEX idempotency_begun_at ON idempotency (begun_at);
        """

    private static func isolation(of table: String, app: String, system: String) -> String {
        TenantIsolation.sql(of: table, app: "gateway_app", grants: app, .init(policy: "directory", role: "gateway_system", grants: system))
    }
}
