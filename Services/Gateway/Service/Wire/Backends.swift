internal import Identity
internal import RPC
internal import ServiceKit
internal import Wire

/// The services behind the gateway.
struct Backends: Sendable {
    let flows: FlowV1.FlowEngineClient
    let policy: PolicyV1.PolicyClient
    let ledger: LedgerV1.LedgerClient
    let connectors: ConnectorsV1.ConnectorsClient
    let finops: FinOpsV1.FinOpsClient
    let copilot: CopilotV1.CopilotClient

    init(kit: ServiceContext) {
        flows = .init(channel: kit.channel(to: .flowEngine))
        policy = .init(channel: kit.channel(to: .policy))
        ledger = .init(channel: kit.channel(to: .ledger))
        connectors = .init(channel: kit.channel(to: .connectors))
        finops = .init(channel: kit.channel(to: .finops))
        copilot = .init(channel: kit.channel(to: .copilot))
    }
}
