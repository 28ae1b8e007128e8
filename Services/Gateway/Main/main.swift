import GatewayService
import Identity
import ServiceKit

try await ServiceRunner.run(.gateway, migrations: GatewayMigrations.all) { kit in
    kit.run(try await GatewayApplication.make(kit: kit))
}
