internal import FoundationEssentials
internal import Glibc
internal import HTTPTypes
internal import Hummingbird
internal import HummingbirdCore
internal import Logging
internal import NIOCore
internal import NIOPosix
internal import ServiceKit
internal import ServiceLifecycle
internal import Synchronization

/// The public port. Hummingbird's own server cannot share its port with a second process, and a restart without a gap needs that; its
/// way of speaking HTTP over a connection is used as it is.
struct GatewayListener: Service, CustomStringConvertible {
    /// A browser that neither sends nor waits for an answer is not kept.
    private static let idleTimeout = TimeAmount.seconds(75)

    let responder: GatewayResponder
    let host: String
    let port: Int
    /// Whether another process may listen on the port, to take over.
    let sharesPort: Bool
    let readiness: Readiness
    let logger: Logger

    var description: String { "public http" }

    func run() async throws {
        let connections = OpenConnections()
        let http = HTTP1Channel(responder: answer, configuration: .init(idleTimeout: Self.idleTimeout))
        let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.backlog, value: 256)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelOption(.socketOption(.init(rawValue: SO_REUSEPORT)), value: sharesPort ? 1 : 0)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .bind(host: host, port: port) { channel in
                connections.add(channel)
                return http.setup(channel: channel, logger: logger)
            }
        logger.info("http listening", metadata: ["address": "\(host):\(port)"])
        try await withGracefulShutdownHandler {
            try await withThrowingDiscardingTaskGroup { group in
                try await server.executeThenClose { accepted in
                    for try await connection in accepted { group.addTask { await http.handle(value: connection, logger: logger) } }
                }
            }
        } onGracefulShutdown: {
            server.channel.close(promise: nil)
            connections.finish()
        }
    }

    @Sendable private func answer(_ request: Request, _ writer: consuming ResponseWriter, _ channel: any Channel) async throws {
        let context = GatewayContext(source: .init(channel: channel, logger: logger))
        var response = try await responder.respond(to: request, context: context)
        response.headers[.date] = Self.date(Date())
        // Whoever keeps a connection should find its way to another process before this one closes it.
        if readiness.isDraining { response.headers[.connection] = "close" }
        try await writer.write(response: response.head, body: response.body)
    }

    /// RFC 9110 §5.6.7.
    static func date(_ date: Date) -> String {
        var seconds = time_t(date.timeIntervalSince1970)
        var parts = tm()
        gmtime_r(&seconds, &parts)
        let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(days[Int(parts.tm_wday)]), \(two(parts.tm_mday)) \(months[Int(parts.tm_mon)]) \(parts.tm_year + 1900) "
            + "\(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec)) GMT"
    }
}

/// The connections of the public port, so that each can be told to finish.
private final class OpenConnections: Sendable {
    private struct State {
        var channels: [ObjectIdentifier: any Channel] = [:]
        var isFinishing = false
    }

    private let state = Mutex(State())

    func add(_ channel: any Channel) {
        let id = ObjectIdentifier(channel)
        let isLate = state.withLock { state in
            state.channels[id] = channel
            return state.isFinishing
        }
        channel.closeFuture.whenComplete { _ in self.state.withLock { _ = $0.channels.removeValue(forKey: id) } }
        if isLate { Self.finish(channel) }
    }

    /// Idle ones close now, others after their answer.
    func finish() {
        let channels = state.withLock { state in
            state.isFinishing = true
            return Array(state.channels.values)
        }
        for channel in channels { Self.finish(channel) }
    }

    private static func finish(_ channel: any Channel) { channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent()) }
}
