import CopilotService
import Identity
import ServiceKit
import Wire

try await ServiceRunner.run(.copilot, migrations: CopilotMigrations.all) { kit in
    kit.serve(CopilotV1.CopilotService(handler: CopilotEndpoint(kit: kit)))
}
