import FinOpsService
import Identity
import ServiceKit
import Wire

try await ServiceRunner.run(.finops, migrations: FinOpsMigrations.all) { kit in
    kit.serve(FinOpsV1.FinOpsService(handler: FinOpsEndpoint(kit: kit)))
}
