public import NIOCore
public import WireRuntime

/// A way to call one service: a connection, or a direct call in tests.
public protocol RPCChannel: Sendable {
    /// Sends an encoded message and returns the encoded answer.
    func call(_ method: MethodDescriptor, payload: ByteBuffer, options: CallOptions) async throws(RPCError) -> ByteBuffer

    /// Opens a call of several messages. Whoever opens it reads it to its end or cancels it.
    /// - Parameter request: The one message of a client that sends no others; nil where the stream will carry them.
    func open(_ method: MethodDescriptor, request: ByteBuffer?, options: CallOptions) async throws(RPCError) -> MessageStream
}

extension RPCChannel {
    /// For channels that have unary calls only.
    public func open(_ method: MethodDescriptor, request: ByteBuffer?, options: CallOptions) async throws(RPCError) -> MessageStream {
        throw RPCError(.unimplemented, reason: "STREAMING_UNSUPPORTED", message: "\(method.name) cannot be called through this channel")
    }

    public func unary<Request: WireMessage, Response: WireMessage>(
        _ request: Request, method: MethodDescriptor, options: CallOptions
    ) async throws(RPCError) -> Response {
        var payload = ByteBuffer()
        request.encode(into: &payload)
        return try Response.answered(try await call(method, payload: payload, options: options))
    }
}
