internal import Identity
internal import Logging
internal import NIOCore
internal import RPC
internal import Synchronization

/// One channel per peer, made when first asked for.
final class ChannelDirectory: Sendable {
    private let config: ServiceConfig
    private let identity: MeshIdentity
    private let observer: any CallObserver
    private let logger: Logger
    private let clients = Mutex<[ServiceName: RPCClient]>([:])

    init(config: ServiceConfig, identity: MeshIdentity, observer: any CallObserver, logger: Logger) {
        self.config = config
        self.identity = identity
        self.observer = observer
        self.logger = logger
    }

    func channel(to service: ServiceName) -> any RPCChannel {
        guard let address = config.peers[service] else { return UnknownPeer(service: service) }
        return clients.withLock { clients in
            if let client = clients[service] { return client }
            var configuration = RPCClient.Configuration(
                host: address.host, port: address.port, service: service, caller: config.service, build: config.instance.build,
                security: .tls(identity.client))
            configuration.observer = observer
            let client = RPCClient(configuration: configuration, logger: logger)
            clients[service] = client
            return client
        }
    }

    func close() async {
        for client in clients.withLock({ Array($0.values) }) { await client.close() }
    }
}

/// Answers for a peer that the configuration does not have.
private struct UnknownPeer: RPCChannel {
    let service: ServiceName

    func call(_ method: MethodDescriptor, payload: ByteBuffer, options: CallOptions) async throws(RPCError) -> ByteBuffer {
        throw RPCError(.unavailable, reason: "PEER_NOT_CONFIGURED", message: "peers.\(service) is not configured")
    }
}
