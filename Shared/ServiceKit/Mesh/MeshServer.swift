internal import Logging
internal import RPC
internal import ServiceLifecycle

/// The RPC server as part of a service's life: at the signal to stop it is first no longer ready, then lets open calls finish.
struct MeshServer: Service, CustomStringConvertible {
    static let grace = Duration.seconds(10)

    let server: RPCServer
    let readiness: Readiness
    let logger: Logger

    var description: String { "rpc server" }

    func run() async throws {
        let port = try await server.start()
        logger.info("serving", metadata: ["port": "\(port)"])
        // Both kinds of end come out of this wait: the signal, and a cancellation because another part failed.
        try? await gracefulShutdown()
        readiness.drain()
        await server.shutdown(grace: Self.grace)
    }
}
