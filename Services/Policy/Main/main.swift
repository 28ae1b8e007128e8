import Identity
import PolicyService
import ServiceKit
import Wire

try await ServiceRunner.run(.policy, migrations: PolicyMigrations.all) { kit in
    kit.serve(PolicyV1.PolicyService(handler: PolicyEndpoint(kit: kit)))
}
