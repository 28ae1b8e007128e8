internal import GatewayCore
internal import HTTPTypes
internal import Hummingbird
internal import JSON
internal import Logging
internal import NIOCore
internal import RPC
internal import ServiceLifecycle
internal import Wire

/// `GET /v1/events`: what happens in the tenant, as server-sent events. Resumes after `Last-Event-ID`; ends when the session does, and
/// when this process is to stop: the browser then connects to another.
struct EventStream: Sendable {
    /// A comment so often keeps proxies from closing a quiet stream, and notices a browser that is gone.
    private static let waitMillis: UInt32 = 10_000
    private static let pause = Duration.seconds(2)

    let services: Backends
    let sessions: any SessionStore
    let mint: DelegationMint
    let logger: Logger

    var endpoint: Endpoint {
        Endpoint(
            "streamEvents", .get, "/v1/events",
            "What happens, as it happens: the id is the cursor, the event the kind, the data JSON. Without Last-Event-ID it begins with what comes next",
            .needs(.read), headers: [Shape.Field("Last-Event-ID", .text(), required: false, "Of the last event that was seen.")],
            answers: [.init(contentType: "text/event-stream", shape: .text())], handler: .raw { try respond($0) })
    }

    private func respond(_ visit: Visit) throws(Problem) -> Response {
        guard let session = visit.session else { throw .unauthenticated }
        let after = try visit.request.headers[.lastEventID].flatMap { $0.isEmpty ? nil : $0 }.map(ServerSentEvent.position(lastEventID:))
        let trace = visit.trace
        let body = ResponseBody { writer in
            do { try await write(to: &writer, session: session, after: after, trace: trace) } catch {
                // The browser is gone, or a part of the system: either way it comes again from its last event.
                logger.debug("event stream ended", metadata: ["error": "\(error)"])
            }
            try await writer.finish(nil)
        }
        return Response(
            status: .ok, headers: [.contentType: "text/event-stream", .cacheControl: "no-store", .header("X-Accel-Buffering"): "no"], body: body)
    }

    private func write(to writer: inout any ResponseBodyWriter, session: Session, after: UInt64?, trace: TraceContext) async throws {
        var cursor = after
        try await writer.write(ByteBuffer(string: ServerSentEvent.retry))
        while !Task.isCancelled, !Task.isShuttingDownGracefully {
            let isFirst = cursor == nil
            let text: String
            switch try await turn(after: cursor, session: session, trace: trace) {
            case .ended: return
            case .away: text = ServerSentEvent.heartbeat
            case .batch(let events, let last):
                cursor = last
                text = events.isEmpty ? (isFirst ? ServerSentEvent.position(last) : ServerSentEvent.heartbeat) : events.joined()
            }
            try await writer.write(ByteBuffer(string: text))
        }
    }

    private enum Turn: Sendable {
        case batch([String], last: UInt64)
        /// The engine is away for a moment: the stream stays and goes on from the same event.
        case away
        case ended
    }

    private func turn(after cursor: UInt64?, session: Session, trace: TraceContext) async throws -> Turn {
        try await cancelWhenGracefulShutdown {
            guard try await sessions.session(session.token) != nil else { return .ended }
            do throws(RPCError) {
                let batch = try await next(after: cursor, session: session, trace: trace)
                return .batch(batch.events.map(Self.text), last: batch.lastCursor)
            } catch {
                guard error.code != .cancelled else { return .ended }
                do { try await Task.sleep(for: Self.pause) } catch { return .ended }
                return .away
            }
        }
    }

    /// Without a cursor the stream begins now: the page has just loaded what was before.
    private func next(after cursor: UInt64?, session: Session, trace: TraceContext) async throws(RPCError) -> FlowV1.ListActivityResponse {
        let options: CallOptions
        do { options = try mint.options(for: session, trace: trace.child(), timeout: .seconds(20)) } catch {
            throw RPCError(.internal, reason: "DELEGATION_FAILED", message: "\(error)")
        }
        guard let cursor else {
            let head = try await services.flows.listActivity(.init(after: UInt64(Int64.max), limit: 1, waitMillis: 0), options: options)
            return .init(events: [], lastCursor: head.lastCursor)
        }
        return try await services.flows.listActivity(.init(after: cursor, limit: 100, waitMillis: Self.waitMillis), options: options)
    }

    private static func text(_ event: FlowV1.ActivityEvent) -> String {
        ServerSentEvent.text(id: event.cursor, kind: event.kind, data: JSONValue.document(event.dataJSON).encodedString())
    }
}
