import Postgres

/// What the database itself says about its tables.
struct Table: Sendable {
    struct Policy: Sendable {
        let name: String
        let roles: [String]
        /// `*` for every command.
        let command: String
        let isPermissive: Bool
        let visible: String?
        let writable: String?
    }

    struct Index: Sendable {
        let name: String
        let isPrimary: Bool
        let firstColumn: String
    }

    let name: String
    let owner: String
    let isSecured: Bool
    let isForced: Bool
    let columns: [Column]
    let policies: [Policy]
    let uniqueIndexes: [Index]

    var hasTenant: Bool { columns.contains { $0.name == "tenant_id" } }
}

struct Column: Sendable {
    let name: String
    let type: String
    let isRequired: Bool
    /// Conditions on this column alone, as SQL.
    let checks: [String]
}

enum Catalogue {
    private static let ours = "n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_toast%'"

    static func tables(_ pool: PostgresPool) async throws -> [Table] {
        try await pool.withTransaction { tx in
            let rows = try await tx.query(
                """
                SELECT c.oid::bigint AS oid, c.relname::text AS name, pg_get_userbyid(c.relowner)::text AS owner, c.relrowsecurity AS secured,
                       c.relforcerowsecurity AS forced
                FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p') AND \(ours) ORDER BY 2
                """)
            var tables: [Table] = []
            for row in rows {
                let oid = PostgresValue.int(try row.int("oid"))
                tables.append(
                    Table(
                        name: try row.text("name"), owner: try row.text("owner"), isSecured: try row.bool("secured"),
                        isForced: try row.bool("forced"),
                        columns: try await columns(oid, tx), policies: try await policies(oid, tx), uniqueIndexes: try await indexes(oid, tx)))
            }
            return tables
        }
    }

    /// Views and functions that run with their owner's rights would be ways around the policies.
    static func waysAround(_ pool: PostgresPool) async throws -> [String] {
        try await pool.withTransaction { tx in
            try await tx.query(
                """
                SELECT c.relname::text AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                WHERE c.relkind IN ('v', 'm', 'f') AND \(ours)
                UNION ALL SELECT p.proname::text FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE p.prosecdef AND \(ours)
                """
            ).map { try $0.text("name") }
        }
    }

    /// Foreign keys between tenants' tables whose check does not compare the tenants: checks are not subject to policies.
    static func looseReferences(_ pool: PostgresPool) async throws -> [String] {
        try await pool.withTransaction { tx in
            try await tx.query(
                """
                SELECT f.conrelid::regclass::text || '.' || f.conname AS name FROM pg_constraint f
                WHERE f.contype = 'f' AND EXISTS (SELECT FROM pg_attribute WHERE attrelid = f.confrelid AND attname = 'tenant_id')
                  AND NOT EXISTS (
                    SELECT FROM unnest(f.conkey, f.confkey) AS pair (here, there)
                    JOIN pg_attribute a ON a.attrelid = f.conrelid AND a.attnum = pair.here AND a.attname = 'tenant_id'
                    JOIN pg_attribute b ON b.attrelid = f.confrelid AND b.attnum = pair.there AND b.attname = 'tenant_id')
                ORDER BY 1
                """
            ).map { try $0.text("name") }
        }
    }

    private static func columns(_ table: PostgresValue, _ tx: PostgresTransaction) async throws -> [Column] {
        try await tx.query(
            """
            SELECT a.attname::text AS name, format_type(a.atttypid, NULL) AS type,
                   a.attnotnull AND NOT a.atthasdef AND a.attidentity = '' AND a.attgenerated = '' AS required,
                   ARRAY(SELECT pg_get_constraintdef(k.oid) FROM pg_constraint k
                         WHERE k.conrelid = a.attrelid AND k.contype = 'c' AND k.conkey = ARRAY[a.attnum]) AS checks
            FROM pg_attribute a WHERE a.attrelid = $1 AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum
            """, [table]
        ).map {
            Column(name: try $0.text("name"), type: try $0.text("type"), isRequired: try $0.bool("required"), checks: try $0.textArray("checks"))
        }
    }

    private static func policies(_ table: PostgresValue, _ tx: PostgresTransaction) async throws -> [Table.Policy] {
        try await tx.query(
            """
            SELECT polname::text AS name, polcmd::text AS command, polpermissive AS permissive, pg_get_expr(polqual, polrelid) AS visible,
                   pg_get_expr(polwithcheck, polrelid) AS writable,
                   ARRAY(SELECT CASE WHEN r = 0 THEN 'public' ELSE pg_get_userbyid(r)::text END FROM unnest(polroles) AS r) AS roles
            FROM pg_policy WHERE polrelid = $1 ORDER BY polname
            """, [table]
        ).map {
            Table.Policy(
                name: try $0.text("name"), roles: try $0.textArray("roles"), command: try $0.text("command"),
                isPermissive: try $0.bool("permissive"), visible: try $0.optionalText("visible"), writable: try $0.optionalText("writable"))
        }
    }

    private static func indexes(_ table: PostgresValue, _ tx: PostgresTransaction) async throws -> [Table.Index] {
        try await tx.query(
            """
            SELECT c.relname::text AS name, i.indisprimary AS is_primary,
                   coalesce((SELECT attname::text FROM pg_attribute WHERE attrelid = i.indrelid AND attnum = i.indkey[0]), '(expression)') AS first
            FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE i.indrelid = $1 AND i.indisunique ORDER BY 1
            """, [table]
        ).map { Table.Index(name: try $0.text("name"), isPrimary: try $0.bool("is_primary"), firstColumn: try $0.text("first")) }
    }
}
