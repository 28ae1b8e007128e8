internal import Logging
internal import ServiceLifecycle

/// Something that is done once, at shutdown.
struct ClosingAct: Service, CustomStringConvertible {
    let name: String
    let logger: Logger
    let body: @Sendable () async throws -> Void

    var description: String { "closing act \(name)" }

    func run() async {
        guard (try? await gracefulShutdown()) != nil else { return }
        do { try await body() } catch { logger.warning("closing act failed", metadata: ["act": "\(name)", "error": "\(error)"]) }
    }
}
