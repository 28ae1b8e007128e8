import Identity
import PolicyService
import ServiceKit

try await ServiceRunner.run(.policy, migrations: PolicyMigrations.all) { kit in
    try PolicyMesh(kit: kit).register(with: kit)
}
