import Identity
import Postgres
import TestKit
import Testing

/// What the catalogue must say about every table of every service.
@Suite struct SchemaTests {
    /// Tables that belong to no tenant.
    static let withoutTenant: Set<String> = ["schema_migration"]
    /// Values that must be unique over all tenants, because they are looked up before the tenant is known.
    static let uniqueOverTenants: Set<String> = ["tenant_slug_key", "session_digest_unique"]
    /// The directory of tenants names tenants: a parent and an origin are other tenants by nature.
    static let references: Set<String> = ["tenant.tenant_parent_id_fkey", "membership.membership_origin_tenant_id_fkey"]
    /// As the database prints it: a transaction without a tenant compares with NULL and sees nothing.
    static let condition = "(tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid)"

    @Test func everyServiceIsLookedAt() {
        #expect(Set(ServiceSchema.all.map(\.service)) == Set(ServiceName.allCases).subtracting([.cli]))
    }

    @Test(arguments: ServiceSchema.all)
    func everyTableIsATenantsAndForcedToBe(_ schema: ServiceSchema) async throws {
        try await schema.withDatabase { database in
            let tables = try await Catalogue.tables(database.superuser)
            #expect(Set(tables.filter { !$0.hasTenant }.map(\.name)) == Self.withoutTenant)
            #expect(tables.filter(\.hasTenant).count > 2)
            for table in tables {
                #expect(table.owner == schema.owner, "\(table.name) is owned by \(table.owner)")
                guard table.hasTenant else { continue }
                #expect(table.isSecured, "\(table.name): row-level security is not enabled")
                #expect(table.isForced, "\(table.name): row-level security is not forced")
                #expect(table.columns.first?.name == "tenant_id", "\(table.name) does not begin with tenant_id")
            }
        }
    }

    @Test(arguments: ServiceSchema.all)
    func theApplicationHasOnePolicyAndItIsTheTenants(_ schema: ServiceSchema) async throws {
        try await schema.withDatabase { database in
            for table in try await Catalogue.tables(database.superuser) where table.hasTenant {
                let own = table.policies.filter { $0.roles.contains(schema.app) }
                #expect(own.count == 1, "\(table.name): policies of \(schema.app): \(own.map(\.name))")
                for policy in own {
                    #expect(policy.command == "*" && policy.isPermissive, "\(table.name).\(policy.name)")
                    #expect(policy.visible == Self.condition, "\(table.name).\(policy.name)")
                    // Without a condition of their own, writes are held to the one of reads.
                    #expect((policy.writable ?? policy.visible) == Self.condition, "\(table.name).\(policy.name)")
                }
                let others = Set(table.policies.flatMap(\.roles)).subtracting([schema.app, schema.system])
                #expect(others.isEmpty, "\(table.name) is open to \(others)")
            }
        }
    }

    @Test(arguments: ServiceSchema.all)
    func everyKeyBeginsWithTheTenant(_ schema: ServiceSchema) async throws {
        try await schema.withDatabase { database in
            for table in try await Catalogue.tables(database.superuser) where table.hasTenant {
                #expect(table.uniqueIndexes.filter(\.isPrimary).count == 1, "\(table.name) has no primary key")
                for index in table.uniqueIndexes where index.firstColumn != "tenant_id" {
                    #expect(
                        !index.isPrimary && Self.uniqueOverTenants.contains(index.name),
                        "\(table.name).\(index.name) begins with \(index.firstColumn)")
                }
            }
            let loose = Set(try await Catalogue.looseReferences(database.superuser)).subtracting(Self.references)
            #expect(loose.isEmpty, "foreign keys that do not compare tenants: \(loose)")
        }
    }

    @Test(arguments: ServiceSchema.all)
    func theRolesAreNoMoreThanLogins(_ schema: ServiceSchema) async throws {
        try await schema.withDatabase { database in
            let roles = [schema.app, schema.system, schema.owner]
            let rows = try await database.superuser.withTransaction { tx in
                try await tx.query(
                    """
                    SELECT rolname::text AS name, rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication AS powerful,
                           EXISTS (SELECT FROM pg_auth_members m WHERE m.member = r.oid) AS member,
                           has_schema_privilege(r.oid, 'public', 'CREATE') AS creates
                    FROM pg_roles r WHERE rolname = ANY ($1)
                    """, [.textArray(roles)])
            }
            #expect(rows.count == roles.count)
            for row in rows {
                let name = try row.text("name")
                let (isPowerful, isMember, creates) = (try row.bool("powerful"), try row.bool("member"), try row.bool("creates"))
                #expect(!isPowerful, "\(name) has an attribute that passes by policies or makes roles")
                #expect(!isMember, "\(name) has another role's rights")
                #expect(creates == (name == schema.owner), "\(name) may create in the schema")
            }
        }
    }

    /// TRUNCATE is not subject to policies, foreign keys of one's own would look into other tenants' rows, and PUBLIC is everybody.
    @Test(arguments: ServiceSchema.all)
    func nothingIsGrantedThatPoliciesDoNotHold(_ schema: ServiceSchema) async throws {
        try await schema.withDatabase { database in
            let waysAround = try await Catalogue.waysAround(database.superuser)
            #expect(waysAround.isEmpty, "\(waysAround)")
            let grants = try await database.superuser.withTransaction { tx in
                try await tx.query(
                    """
                    SELECT table_name || ': ' || privilege_type || ' to ' || grantee AS grant FROM information_schema.role_table_grants
                    WHERE table_schema = 'public' AND grantee <> $1
                      AND (privilege_type NOT IN ('SELECT', 'INSERT', 'UPDATE', 'DELETE') OR grantee NOT IN ($2, $3))
                    """, [.text(schema.owner), .text(schema.app), .text(schema.system)]
                ).map { try $0.text("grant") }
            }
            #expect(grants.isEmpty, "\(grants)")
        }
    }
}
