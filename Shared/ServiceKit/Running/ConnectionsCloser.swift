internal import ServiceLifecycle

/// Closes what the others use, after they have ended.
struct ConnectionsCloser: Service, CustomStringConvertible {
    let context: ServiceContext

    var description: String { "connections" }

    func run() async {
        try? await gracefulShutdown()
        await context.close()
    }
}
