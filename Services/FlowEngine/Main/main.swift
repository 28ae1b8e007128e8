import FlowEngineService
import Identity
import ServiceKit
import Wire

try await ServiceRunner.run(.flowEngine, migrations: FlowEngineMigrations.all) { kit in
    let endpoint = FlowEngineEndpoint(kit: kit)
    kit.serve(FlowV1.FlowEngineService(handler: endpoint))
    kit.serve(FlowControlV1.RunControlService(handler: RunControlEndpoint(engine: endpoint)))
    kit.atEnd("runs given back") { try await endpoint.giveBack() }
    kit.background("runs") { try await endpoint.work() }
    kit.background("timers and schedules") { try await endpoint.keepTime() }
    kit.background("wakes out") { await endpoint.publishWakes() }
    kit.background("wakes in") { await endpoint.listenForWakes() }
}
