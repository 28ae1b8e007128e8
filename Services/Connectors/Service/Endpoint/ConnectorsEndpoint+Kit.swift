internal import ConnectorManifests
internal import ConnectorsCore
internal import FoundationEssentials
internal import Identity
internal import RPC
package import ServiceKit
internal import Wire

extension ConnectorsEndpoint {
    /// With the shipped connectors, over real sockets.
    package init(kit: ServiceContext) throws {
        let settings = try ConnectorsSettings(kit.config.settings)
        let transport = HTTPVendorTransport()
        let security = kit.security
        self.init(
            parts: Parts(
                registry: ConnectorRegistry(try ConnectorManifests.shipped(), development: settings.developmentAddresses), pool: kit.postgres,
                receipts: kit.receipts, outbox: kit.outbox, ledger: LedgerV1.LedgerClient(channel: kit.channel(to: .ledger)),
                decisions: DecisionCheck(policy: kit.channel(to: .policy)), budget: CallBudget(finops: kit.channel(to: .finops), outbox: kit.outbox),
                platform: MeshOperations(finops: kit.channel(to: .finops)), transport: transport,
                connections: PostgresConnectionStore(keyring: TenantKeyring(wrappingKey: settings.wrappingKey)),
                worker: WorkerID(instance: kit.config.instance.name, boot: UUIDv7.make().lowercased), clock: kit.clock,
                pause: { try await Task.sleep(for: $0) }, metrics: kit.metrics, logger: kit.logger,
                security: { kind, tenant, principal, detail in security.report(kind, tenant: tenant, principal: principal, detail: detail) }),
            desk: CallDesk(), closeTransport: { await transport.close() })
    }
}
