public import Identity
public import Postgres

/// Brings a service's database up to date, as its owner, and checks that it is, as the service.
public struct Migrator: Sendable {
    private static let createHistory = """
        CREATE TABLE IF NOT EXISTS schema_migration (
            component text NOT NULL,
            number integer NOT NULL,
            name text NOT NULL,
            checksum text NOT NULL,
            applied_at timestamptz NOT NULL DEFAULT now(),
            PRIMARY KEY (component, number)
        );
        """
    private static let readHistory = "SELECT component, number, name, checksum FROM schema_migration ORDER BY component, number"
    /// Any number that nothing else in the database locks.
    private static let lock: Int64 = 7_021_985_441

    private let components: [(name: String, migrations: [Migration])]
    private let service: ServiceName

    public init(service: ServiceName, migrations: [Migration]) {
        self.service = service
        components = [("kit", KitMigrations.all(service: service)), ("service", migrations)]
    }

    /// The names of what was run. Two runs at once do not meet: the second waits and finds nothing to do.
    public func run(_ configuration: PostgresConfiguration) async throws -> [String] {
        let connection = try await AdministrativeConnection(configuration: configuration)
        let names = try await run(on: connection)
        await connection.close()
        return names
    }

    private func run(on connection: AdministrativeConnection) async throws -> [String] {
        _ = try await connection.query("SELECT pg_advisory_lock($1)", [.int(Self.lock)])
        try await connection.script(Self.createHistory + " GRANT SELECT ON schema_migration TO \(service.databaseName)_app;")
        let rows = try await connection.query(Self.readHistory)
        var done: [String] = []
        for component in components {
            let plan = try MigrationPlan(component: component.name, known: component.migrations, applied: try Self.applied(rows, component.name))
            for migration in plan.pending {
                try await Self.apply(migration, of: component.name, on: connection)
                done.append("\(component.name) \(migration.number) \(migration.name)")
            }
        }
        _ = try await connection.query("SELECT pg_advisory_unlock($1)", [.int(Self.lock)])
        return done
    }

    /// Every step and whether it was run; changes nothing.
    public func status(_ configuration: PostgresConfiguration) async throws -> [MigrationStep] {
        let connection = try await AdministrativeConnection(configuration: configuration)
        let hasHistory = try await !connection.query("SELECT 1 WHERE to_regclass('schema_migration') IS NOT NULL").isEmpty
        let rows = hasHistory ? try await connection.query(Self.readHistory) : []
        await connection.close()
        return try components.flatMap { try MigrationStep.all(of: $0.name, known: $0.migrations, applied: Self.applied(rows, $0.name)) }
    }

    /// Throws where the schema is older or newer than this build.
    public func check(_ pool: PostgresPool) async throws {
        let rows: [PostgresRow]
        do { rows = try await pool.withTransaction { try await $0.query(Self.readHistory) } } catch PostgresError.server("42P01", _) {
            throw MigrationError("the database \(pool.configuration) has no schema yet: run with --migrate")
        }
        for component in components {
            let plan = try MigrationPlan(component: component.name, known: component.migrations, applied: try Self.applied(rows, component.name))
            if let first = plan.pending.first {
                throw MigrationError("\(component.name) migration \(first.number) (\(first.name)) has not been run: run with --migrate")
            }
        }
    }

    private static func applied(_ rows: [PostgresRow], _ component: String) throws -> [MigrationPlan.Applied] {
        try rows.filter { try $0.text("component") == component }.map {
            MigrationPlan.Applied(number: Int(try $0.int("number")), name: try $0.text("name"), checksum: try $0.text("checksum"))
        }
    }

    private static func apply(_ migration: Migration, of component: String, on connection: AdministrativeConnection) async throws {
        do {
            try await connection.transaction { connection in
                try connection.script(migration.sql)
                _ = try connection.query(
                    "INSERT INTO schema_migration (component, number, name, checksum) VALUES ($1, $2, $3, $4)",
                    [.text(component), .int(Int64(migration.number)), .text(migration.name), .text(migration.checksum)])
            }
        } catch { throw MigrationError("\(component) migration \(migration.number) (\(migration.name)): \(error)") }
    }
}
