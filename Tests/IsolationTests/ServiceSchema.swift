import ConnectorsService
import CopilotService
import FinOpsService
import FlowEngineService
import GatewayService
import Identity
import LedgerService
import PolicyService
import ServiceKit
import TestKit
import Testing

/// The schema of one service, as its own migrations and those that every service has make it.
struct ServiceSchema: Sendable, CustomTestStringConvertible {
    let service: ServiceName
    let migrations: [Migration]

    var testDescription: String { service.rawValue }
    var app: String { "\(service.databaseName)_app" }
    var system: String { "\(service.databaseName)_system" }
    var owner: String { "\(service.databaseName)_owner" }

    /// Every service that has a database; a test holds this list against the names of all services.
    static let all = [
        ServiceSchema(service: .gateway, migrations: GatewayMigrations.all),
        ServiceSchema(service: .flowEngine, migrations: FlowEngineMigrations.all),
        ServiceSchema(service: .policy, migrations: PolicyMigrations.all),
        ServiceSchema(service: .ledger, migrations: LedgerMigrations.all),
        ServiceSchema(service: .connectors, migrations: ConnectorsMigrations.all),
        ServiceSchema(service: .finops, migrations: FinOpsMigrations.all),
        ServiceSchema(service: .copilot, migrations: CopilotMigrations.all),
    ]

    /// Runs `body` on a fresh database, whose roles are made as those of development are: plain logins, of which the owner migrates.
    func withDatabase(_ body: (ServiceDatabase) async throws -> Void) async throws {
        let database = try await ServiceDatabase.make(service, migrations: migrations)
        do { try await body(database) } catch {
            await database.close()
            throw error
        }
        await database.close()
    }
}
