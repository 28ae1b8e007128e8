public import Identity
internal import Logging
public import Postgres
public import ServiceKit
internal import Synchronization
internal import Trust

/// A database of one service with its schema and its three roles, fresh for one test.
public final class ServiceDatabase: Sendable {
    public let name: String
    public let service: ServiceName
    /// Sees one tenant's rows at a time, as the service does.
    public let app: PostgresPool
    public let system: PostgresPool
    /// Not subject to any policy: for looking at what a test left behind.
    public let superuser: PostgresPool
    public let ownerConfiguration: PostgresConfiguration
    public let postgres: PrivatePostgres

    /// Migrations run once per run of the tests; every further database is a copy.
    ///
    /// - Parameter cluster: For a test that breaks it; by default the one that all tests share.
    public static func make(
        _ service: ServiceName, migrations: [Migration], in cluster: PrivatePostgres? = nil
    ) async throws -> ServiceDatabase {
        let postgres = if let cluster { cluster } else { try await PrivatePostgres.shared }
        let template = try await Templates.shared.template(postgres, service, migrations)
        return try ServiceDatabase(
            name: try await postgres.makeDatabase(template: template, owner: "\(service.databaseName)_owner"), service: service, postgres)
    }

    private init(name: String, service: ServiceName, _ postgres: PrivatePostgres) throws {
        self.name = name
        self.service = service
        self.postgres = postgres
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        func pool(_ user: String) throws -> PostgresPool {
            var configuration = postgres.configuration(database: name, user: user)
            configuration.maximumConnections = 4
            return try PostgresPool(configuration: configuration, logger: logger)
        }
        app = try pool("\(service.databaseName)_app")
        system = try pool("\(service.databaseName)_system")
        superuser = try pool("postgres")
        ownerConfiguration = postgres.configuration(database: name, user: "\(service.databaseName)_owner")
    }

    public func close() async {
        await app.close()
        await system.close()
        await superuser.close()
    }
}

/// Databases that were migrated once and are copied from then on. An actor alone would let two tests build the same one at once.
private actor Templates {
    static let shared = Templates()
    private var building: [String: Task<String, any Error>] = [:]

    func template(_ postgres: PrivatePostgres, _ service: ServiceName, _ migrations: [Migration]) async throws -> String {
        let digest = SHA256Digest(hashing: Array(migrations.map(\.checksum).joined().utf8)).hex.prefix(12)
        let name = "template_\(service.databaseName)_\(digest)"
        let place = "\(postgres.directory)/\(name)"
        if let task = building[place] { return try await task.value }
        let task = Task {
            let administrator = try await AdministrativeConnection(configuration: postgres.superuser())
            for role in ["owner", "app", "system"] {
                try await administrator.script(
                    """
                    DO $$ BEGIN
                        CREATE ROLE \(service.databaseName)_\(role) LOGIN NOSUPERUSER NOBYPASSRLS;
                    EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;
                    """)
            }
            try await administrator.script("CREATE DATABASE \(name) OWNER \(service.databaseName)_owner")
            await administrator.close()
            let owner = postgres.configuration(database: name, user: "\(service.databaseName)_owner")
            _ = try await Migrator(service: service, migrations: migrations).run(owner)
            return name
        }
        building[place] = task
        return try await task.value
    }
}
