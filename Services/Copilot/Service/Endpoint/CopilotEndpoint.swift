internal import CopilotCore
internal import FoundationEssentials
internal import Identity
internal import Postgres
package import RPC
package import ServiceKit
package import Wire

/// Answers the methods of `provable.copilot.v1.Copilot`.
package struct CopilotEndpoint: CopilotV1.CopilotHandler {
    let pool: PostgresPool
    let receipts: ReceiptRecorder
    let evidence: EvidenceReader
    let now: @Sendable () -> Date
    let inbox = PostgresInboxStore()
    let answers = PostgresAnswerStore()

    package init(kit: ServiceContext) {
        pool = kit.postgres
        receipts = kit.receipts
        evidence = EvidenceReader(
            flows: FlowV1.FlowEngineClient(channel: kit.channel(to: .flowEngine)), ledger: LedgerV1.LedgerClient(channel: kit.channel(to: .ledger)),
            policy: PolicyV1.PolicyClient(channel: kit.channel(to: .policy)), finops: FinOpsV1.FinOpsClient(channel: kit.channel(to: .finops)))
        now = { Date() }
    }
}
