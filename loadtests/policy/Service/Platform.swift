internal import Identity
internal import Logging
internal import NIOCore
internal import PolicyService
internal import Postgres
internal import RPC
internal import Receipts
internal import ServiceKit
internal import TestKit
internal import Trust
internal import Wire

/// The policy service on a database of its own, behind a server of the mesh on loopback, and a client of it.
struct Platform {
    static let logger = Logger(label: "bench") { _ in SwiftLogNoOpLogHandler() }

    let cluster: PrivatePostgres
    let database: ServiceDatabase
    let service: StandalonePolicy
    let server: RPCServer
    let client: RPCClient
    let policy: PolicyV1.PolicyClient

    /// - Parameter isDurable: Every commit is on the disk before it is answered.
    init(isDurable: Bool) async throws {
        cluster = try await isDurable ? PrivatePostgres.startDurable() : PrivatePostgres.start()
        database = try await ServiceDatabase.make(.policy, migrations: PolicyMigrations.all, in: cluster)
        let signer = ReceiptSigner(service: .policy, instance: "policy-1", key: try ES256PrivateKey.generate())
        let nowhere = Nowhere()
        guard let key = KeyEncryptionKey(Secret(SecureRandom.bytes(32))) else { throw BenchFailure("no key") }
        service = StandalonePolicy(
            pool: database.app, signer: signer,
            receipts: .standalone(signer: signer, pool: database.app, ledger: nowhere), wrappingKey: key, connectors: nowhere,
            logger: Self.logger)
        server = RPCServer(
            configuration: RPCServer.Configuration(
                host: "127.0.0.1", port: 0, service: .policy,
                security: .plaintext(PlaintextPeer(identity: PeerIdentity(service: .flowEngine, certificateThumbprint: [])))),
            services: [PolicyV1.PolicyService(handler: service.policy)], logger: Self.logger)
        let port = try await server.start()
        client = RPCClient(
            configuration: RPCClient.Configuration(
                host: "127.0.0.1", port: port, service: .policy, caller: .flowEngine,
                security: .plaintext(PlaintextPeer(identity: PeerIdentity(service: .policy, certificateThumbprint: [])))),
            logger: Self.logger)
        policy = PolicyV1.PolicyClient(channel: client)
    }

    func context(_ tenant: TenantID) -> CallContext {
        CallContext(caller: .gateway, tenant: tenant, principal: "dana@acme.example", roles: ["admin"], deadline: .now + .seconds(600))
    }

    func stop() async {
        await client.close()
        await server.shutdown(grace: .seconds(2))
        await database.close()
        cluster.stop()
    }
}

/// Nothing here waits for another service.
struct Nowhere: RPCChannel {
    func call(_ method: MethodDescriptor, payload: ByteBuffer, options: CallOptions) async throws(RPCError) -> ByteBuffer {
        throw RPCError(.unavailable, reason: "NOT_HERE", message: "not in this bench")
    }
}

struct BenchFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
