internal import NIOCore
public import WireRuntime

/// The three shapes of calls with several messages. The stream lives as long as the closure that uses it: where it leaves
/// early, the call is cancelled.
extension RPCChannel {
    /// Many messages back.
    public func serverStreaming<Request: WireMessage, Response: WireMessage, Result: Sendable>(
        _ request: Request, method: MethodDescriptor, options: CallOptions,
        _ body: (MessageReader<Response>) async throws -> Result
    ) async throws -> Result {
        var payload = ByteBuffer()
        request.encode(into: &payload)
        let stream = try await open(method, request: payload, options: options)
        defer { stream.cancel() }
        return try await body(MessageReader(stream: stream, decode: Response.answered))
    }

    /// Many messages there, one back.
    public func clientStreaming<Request: WireMessage, Response: WireMessage>(
        method: MethodDescriptor, options: CallOptions, _ body: (MessageWriter<Request>) async throws -> Void
    ) async throws -> Response {
        let stream = try await open(method, request: nil, options: options)
        defer { stream.cancel() }
        do {
            try await body(MessageWriter(stream: stream))
        } catch let error as RPCError where error.reason == RPCError.streamEnded.reason {
            // The service has answered without wanting more: its status says how.
        }
        stream.finish()
        return try await stream.onlyAnswer(method)
    }

    /// Many messages each way.
    public func bidirectional<Request: WireMessage, Response: WireMessage, Result: Sendable>(
        method: MethodDescriptor, options: CallOptions,
        _ body: (MessageWriter<Request>, MessageReader<Response>) async throws -> Result
    ) async throws -> Result {
        let stream = try await open(method, request: nil, options: options)
        defer { stream.cancel() }
        return try await body(MessageWriter(stream: stream), MessageReader(stream: stream, decode: Response.answered))
    }
}

extension MessageStream {
    /// Of a method that answers with one message: that one, once the status says that all went well.
    func onlyAnswer<Response: WireMessage>(_ method: MethodDescriptor) async throws(RPCError) -> Response {
        guard let payload = try await next(), try await next() == nil else {
            throw RPCError(.internal, reason: "MALFORMED_RESPONSE", message: "\(method.name) answers with exactly one message")
        }
        return try Response.answered(payload)
    }
}
