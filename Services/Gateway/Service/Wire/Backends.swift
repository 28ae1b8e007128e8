internal import Identity
internal import RPC
internal import Wire

/// The services behind the gateway.
struct Backends: Sendable {
    let flows: FlowV1.FlowEngineClient
    let runControl: FlowControlV1.RunControlClient
    let policy: PolicyV1.PolicyClient
    let access: PolicyAccessV1.AccessClient
    let governance: PolicyGovernanceV1.GovernanceClient
    let ledger: LedgerV1.LedgerClient
    let connectors: ConnectorsV1.ConnectorsClient
    let finops: FinOpsV1.FinOpsClient
    let copilot: CopilotV1.CopilotClient

    init(channel: (ServiceName) -> any RPCChannel) {
        flows = .init(channel: channel(.flowEngine))
        runControl = .init(channel: channel(.flowEngine))
        policy = .init(channel: channel(.policy))
        access = .init(channel: channel(.policy))
        governance = .init(channel: channel(.policy))
        ledger = .init(channel: channel(.ledger))
        connectors = .init(channel: channel(.connectors))
        finops = .init(channel: channel(.finops))
        copilot = .init(channel: channel(.copilot))
    }
}
