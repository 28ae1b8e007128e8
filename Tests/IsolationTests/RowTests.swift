import FoundationEssentials
import Identity
import Logging
import Postgres
import TestKit
import Testing

/// Real rows of two tenants in every table. Every role is first granted everything on every table, so that the policies alone must hold.
@Suite struct RowTests {
    private struct Populated {
        let database: ServiceDatabase
        let tables: [Table]
        let mine = TenantID.make()
        let other = TenantID.make()
    }

    private func populate(_ schema: ServiceSchema, _ database: ServiceDatabase) async throws -> Populated {
        let populated = Populated(database: database, tables: try await Catalogue.tables(database.superuser).filter(\.hasTenant))
        try await database.superuser.withTransaction { tx in
            _ = try await tx.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO \(schema.app), \(schema.system)")
            // What references what is of no interest here.
            _ = try await tx.execute("SET LOCAL session_replication_role = replica")
            for table in populated.tables {
                for tenant in [populated.mine, populated.other] { _ = try await tx.execute(try SampleRow(table, tenant: tenant).sql) }
            }
        }
        return populated
    }

    private static func tenants(in table: Table, _ tx: PostgresTransaction) async throws -> [String] {
        try await tx.query("SELECT tenant_id::text AS tenant FROM \(table.name)").map { try $0.text("tenant") }
    }

    private static func failure(_ body: () async throws -> Void) async -> PostgresError? {
        do { try await body() } catch { return error as? PostgresError ?? .unavailable("\(error)") }
        return nil
    }

    private static func isPolicyViolation(_ error: PostgresError?) -> Bool {
        if case .server("42501", let message)? = error { return message.contains("row-level security") }
        return false
    }

    @Test(arguments: ServiceSchema.all)
    func aTenantSeesItsOwnRowsOnly(_ schema: ServiceSchema) async throws {
        try await schema.withDatabase { database in
            let here = try await populate(schema, database)
            for table in here.tables {
                let everything = try await database.superuser.withTransaction { try await Self.tenants(in: table, $0) }
                #expect(Set(everything) == [here.mine.description, here.other.description])
                let seen = try await database.app.withTenant(here.mine) { try await Self.tenants(in: table, $0) }
                #expect(seen == [here.mine.description], "\(table.name)")
            }
        }
    }

    @Test(arguments: ServiceSchema.all)
    func withoutATenantNothingIsSeen(_ schema: ServiceSchema) async throws {
        try await schema.withDatabase { database in
            let here = try await populate(schema, database)
            for table in here.tables {
                // Also on a connection that had a tenant before: the setting is then '' and not NULL.
                _ = try await database.app.withTenant(here.mine) { try await Self.tenants(in: table, $0) }
                let seen = try await database.app.withTransaction { try await Self.tenants(in: table, $0) }
                #expect(seen.isEmpty, "\(table.name)")
            }
        }
    }

    @Test(arguments: ServiceSchema.all)
    func anotherTenantsRowsAreNeitherAddedNorTakenOver(_ schema: ServiceSchema) async throws {
        try await schema.withDatabase { database in
            let here = try await populate(schema, database)
            for table in here.tables {
                let foreign = try SampleRow(table, tenant: here.other).sql
                let refused = await Self.failure { try await database.app.withTenant(here.mine) { _ = try await $0.execute(foreign) } }
                #expect(Self.isPolicyViolation(refused), "\(table.name): \(refused.map(String.init(describing:)) ?? "was inserted")")
                let orphan = await Self.failure { try await database.app.withTransaction { _ = try await $0.execute(foreign) } }
                #expect(Self.isPolicyViolation(orphan), "\(table.name) without a tenant: \(orphan.map(String.init(describing:)) ?? "was inserted")")
                // The same row is no violation of its own tenant, whatever else may refuse it: it is the tenant that decided.
                let own = await Self.failure { try await database.app.withTenant(here.other) { _ = try await $0.execute(foreign) } }
                #expect(!Self.isPolicyViolation(own), "\(table.name)")
                for statement in [
                    "DELETE FROM \(table.name) WHERE tenant_id = '\(here.other)'",
                    "UPDATE \(table.name) SET tenant_id = '\(here.mine)' WHERE tenant_id = '\(here.other)'",
                ] {
                    let before = try await rows(of: here.other, in: table, database)
                    // Tables that are only ever added to refuse the statement itself.
                    _ = await Self.failure { try await database.app.withTenant(here.mine) { _ = try await $0.execute(statement) } }
                    let after = try await rows(of: here.other, in: table, database)
                    #expect(after == before, "\(statement)")
                }
            }
        }
    }

    private func rows(of tenant: TenantID, in table: Table, _ database: ServiceDatabase) async throws -> Int {
        try await database.superuser.withTransaction { try await Self.tenants(in: table, $0) }.filter { $0 == tenant.description }.count
    }

    /// Forced row-level security: the owner, whom migrations run as, has no policy and so no rows.
    @Test(arguments: ServiceSchema.all)
    func theOwnerSeesNoTenantsRows(_ schema: ServiceSchema) async throws {
        try await schema.withDatabase { database in
            let here = try await populate(schema, database)
            let owner = try PostgresPool(configuration: database.ownerConfiguration, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
            for table in here.tables {
                let seen = try await owner.withTenant(here.mine) { try await Self.tenants(in: table, $0) }
                #expect(seen.isEmpty, "\(table.name)")
            }
            await owner.close()
        }
    }

    /// The role of relays and sweepers works for all tenants, but only in the tables that have a policy for it.
    @Test(arguments: ServiceSchema.all)
    func theSystemRoleSeesOnlyTablesWithAPolicyForIt(_ schema: ServiceSchema) async throws {
        try await schema.withDatabase { database in
            let here = try await populate(schema, database)
            for table in here.tables where !table.policies.contains(where: { $0.roles.contains(schema.system) }) {
                let seen = try await database.system.withTenant(here.mine) { try await Self.tenants(in: table, $0) }
                #expect(seen.isEmpty, "\(table.name)")
            }
        }
    }
}
