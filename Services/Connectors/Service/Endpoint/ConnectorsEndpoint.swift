internal import ConnectorsCore
internal import FoundationEssentials
internal import Identity
internal import JSON
internal import Logging
internal import Postgres
internal import RPC
internal import ServiceKit
internal import Trust
internal import Wire

/// Answers the methods of `provable.connectors.v1.Connectors`. Each method is one file beside this one, grouped by what it is about.
package struct ConnectorsEndpoint: Sendable {
    /// What the methods are made of.
    struct Parts: Sendable {
        let registry: ConnectorRegistry
        let pool: PostgresPool
        let receipts: ReceiptRecorder
        let outbox: Outbox
        let ledger: LedgerV1.LedgerClient
        let decisions: DecisionCheck
        let budget: CallBudget
        let platform: MeshOperations
        let transport: any VendorTransport
        let connections: PostgresConnectionStore
        let worker: WorkerID
        let clock: any WallClock
        /// Sleeps; a test passes a clock's step.
        let pause: @Sendable (Duration) async throws -> Void
        let metrics: MetricsRegistry
        let logger: Logger
        /// Reports to the security log: kind, tenant, principal, detail.
        let security: @Sendable (String, TenantID, String?, JSONObject) -> Void
        let calls = PostgresCallStore()
        let webhooks = PostgresWebhookStore()
    }

    let parts: Parts
    let desk: CallDesk
    let closeTransport: @Sendable () async -> Void

    init(parts: Parts, desk: CallDesk, closeTransport: @escaping @Sendable () async -> Void = {}) {
        self.parts = parts
        self.desk = desk
        self.closeTransport = closeTransport
    }

    /// Makes the calls that are asked for, until cancelled.
    package func run() async {
        await desk.run()
        await closeTransport()
    }
}
