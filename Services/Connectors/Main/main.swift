import ConnectorsService
import Identity
import ServiceKit
import Wire

try await ServiceRunner.run(.connectors, migrations: ConnectorsMigrations.all) { kit in
    let endpoint = try ConnectorsEndpoint(kit: kit)
    kit.serve(ConnectorsV1.ConnectorsService(handler: endpoint))
    kit.background("calls") { await endpoint.run() }
}
