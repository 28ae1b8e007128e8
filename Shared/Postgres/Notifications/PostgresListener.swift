public import Logging

/// LISTEN on a connection of its own, for as long as ``run(isolation:_:)`` runs. A lost connection is opened again with backoff.
///
/// A notification is a hint and no record: the server forgets it when nobody listens. Whoever acts on it also looks from time to time.
public struct PostgresListener: Sendable {
    /// What the server takes for a channel's name.
    static let channelBytesMax = 63

    private let configuration: PostgresConfiguration
    private let channels: [String]
    private let logger: Logger

    public init(configuration: PostgresConfiguration, channels: [String], logger: Logger) throws(PostgresError) {
        if let problem = configuration.transportProblem { throw .insecureTransport(problem) }
        for channel in channels where channel.isEmpty || channel.utf8.count > Self.channelBytesMax || channel.utf8.contains(0) {
            throw .invalidParameter("a channel's name has 1 to \(Self.channelBytesMax) bytes without NUL")
        }
        self.configuration = configuration
        self.channels = channels
        self.logger = logger
    }

    /// Tells `body` of each event, one after the other, until the task is cancelled or `body` throws.
    public func run(isolation: isolated (any Actor)? = #isolation, _ body: (ListenerEvent) async throws -> Void) async throws {
        let core: ListenerCore
        do { core = try ListenerCore(configuration: configuration, channels: channels, logger: logger) } catch {
            throw PostgresError.unavailable("\(error)")
        }
        defer { core.stop() }
        await core.start()
        try await withTaskCancellationHandler {
            while let event = await core.next() { try await body(event) }
        } onCancel: {
            core.stop()
        }
    }
}
