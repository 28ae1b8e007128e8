internal import FlowEngineCore
internal import RPC
internal import Synchronization

/// The operations of the connectors, asked for at most twice a minute.
final class Catalogue: Sendable {
    private static let lifetime = Duration.seconds(30)

    private let connectors: ConnectorGateway
    private let known = Mutex<(catalogue: OperationCatalogue, until: ContinuousClock.Instant)?>(nil)

    init(connectors: ConnectorGateway) { self.connectors = connectors }

    /// Nil where the connectors do not answer and never have.
    func current() async -> OperationCatalogue? {
        if let fresh = known.withLock({ known in known.flatMap { $0.until > .now ? $0.catalogue : nil } }) { return fresh }
        guard let catalogue = try? await connectors.catalogue() else { return known.withLock { $0?.catalogue } }
        known.withLock { $0 = (catalogue, .now + Self.lifetime) }
        return catalogue
    }
}
