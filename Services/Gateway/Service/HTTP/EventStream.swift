internal import GatewayCore
internal import HTTPTypes
internal import Hummingbird
internal import JSON
internal import NIOCore
internal import RPC
internal import Wire

/// `GET /v1/events`: what happens in the tenant, as server-sent events. Resumes after `Last-Event-ID`; ends when the session does.
struct EventStream: Sendable {
    /// A comment so often keeps proxies from closing a quiet stream, and notices a browser that is gone.
    private static let waitMillis: UInt32 = 10_000
    private static let pause = Duration.seconds(2)

    let services: Backends
    let pipeline: RequestPipeline

    func respond(_ request: Request) async throws -> Response {
        guard let session = try await pipeline.session(of: request) else {
            return Problem.unauthenticated.response(instance: request.uri.path, trace: "")
        }
        let after = request.headers[.lastEventID].flatMap { UInt64($0) }
        let body = ResponseBody { writer in
            try await write(to: &writer, session: session, after: after)
            try await writer.finish(nil)
        }
        return Response(
            status: .ok, headers: [.contentType: "text/event-stream", .cacheControl: "no-store", .header("X-Accel-Buffering"): "no"], body: body)
    }

    private func write(to writer: inout some ResponseBodyWriter, session: Session, after: UInt64?) async throws {
        var cursor = after
        try await writer.write(ByteBuffer(string: "retry: 2000\n\n"))
        while !Task.isCancelled, try await pipeline.sessions.session(session.token) != nil {
            do {
                let batch = try await next(after: cursor, session: session)
                cursor = batch.lastCursor
                let text = batch.events.map(Self.text).joined()
                try await writer.write(ByteBuffer(string: text.isEmpty ? ": still here\n\n" : text))
            } catch let error as RPCError {
                guard error.code != .cancelled else { return }
                // The engine is away for a moment; the stream stays and goes on from the same event.
                try await writer.write(ByteBuffer(string: ": waiting\n\n"))
                try await Task.sleep(for: Self.pause)
            }
        }
    }

    /// Without a cursor the stream begins now: the page has just loaded what was before.
    private func next(after cursor: UInt64?, session: Session) async throws -> FlowV1.ListActivityResponse {
        let options = try pipeline.mint.options(for: session, trace: .make(), timeout: .seconds(20))
        guard let cursor else {
            let head = try await services.flows.listActivity(.init(after: UInt64(Int64.max), limit: 1, waitMillis: 0), options: options)
            return .init(events: [], lastCursor: head.lastCursor)
        }
        return try await services.flows.listActivity(.init(after: cursor, limit: 100, waitMillis: Self.waitMillis), options: options)
    }

    private static func text(_ event: FlowV1.ActivityEvent) -> String {
        "id: \(event.cursor)\nevent: \(event.kind)\ndata: \(JSONValue.document(event.dataJSON).encodedString())\n\n"
    }
}
