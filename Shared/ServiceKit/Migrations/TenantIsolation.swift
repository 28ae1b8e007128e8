/// The SQL that shows the rows of a table to their own tenant alone. It stands in migrations that have been applied: its text never changes.
public enum TenantIsolation {
    /// A role that works for all tenants at once, under a policy of its own.
    public struct AllTenants: Sendable {
        let policy: String
        let role: String
        let grants: String

        public init(policy: String, role: String, grants: String) {
            self.policy = policy
            self.role = role
            self.grants = grants
        }
    }

    /// Row-level security that holds for the owner too, and what the application role may do.
    public static func sql(of table: String, app: String, grants: String, _ all: AllTenants? = nil) -> String {
        var lines = [
            "ALTER TABLE \(table) ENABLE ROW LEVEL SECURITY;",
            "ALTER TABLE \(table) FORCE ROW LEVEL SECURITY;",
            // A setting that ended with its transaction reads '' and not NULL.
            "CREATE POLICY tenant_isolation ON \(table) TO \(app)",
            "    USING (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid)",
            "    WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid);",
        ]
        if let all { lines.append("CREATE POLICY \(all.policy) ON \(table) TO \(all.role) USING (true) WITH CHECK (true);") }
        lines.append("GRANT \(grants) ON \(table) TO \(app);")
        if let all { lines.append("GRANT \(all.grants) ON \(table) TO \(all.role);") }
        return lines.joined(separator: "\n")
    }
}
