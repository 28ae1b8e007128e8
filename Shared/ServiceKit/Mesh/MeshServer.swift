internal import Logging
internal import RPC
internal import ServiceLifecycle

/// The RPC server as part of a service's life: at the signal to stop it is first no longer ready, then goes on
/// until load balancers know, then sends its clients elsewhere and lets open calls finish.
struct MeshServer: Service, CustomStringConvertible {
    let server: RPCServer
    let readiness: Readiness
    let shutdown: ServiceConfig.Shutdown
    let logger: Logger

    var description: String { "rpc server" }

    func run() async throws {
        let port = try await server.start()
        logger.info("serving", metadata: ["port": "\(port)"])
        // Both kinds of end come out of this wait: the signal, and a cancellation because another part failed.
        try? await gracefulShutdown()
        readiness.drain()
        // Ended early where this task is cancelled: then nobody is to be waited for.
        try? await Task.sleep(for: shutdown.preStop)
        await server.shutdown(grace: shutdown.grace)
    }
}
