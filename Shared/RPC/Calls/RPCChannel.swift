public import NIOCore
public import WireRuntime

/// A way to call one service: a connection, or a direct call in tests.
public protocol RPCChannel: Sendable {
    /// Sends an encoded message and returns the encoded answer.
    func call(_ method: MethodDescriptor, payload: ByteBuffer, options: CallOptions) async throws(RPCError) -> ByteBuffer
}

extension RPCChannel {
    public func unary<Request: WireMessage, Response: WireMessage>(
        _ request: Request, method: MethodDescriptor, options: CallOptions
    ) async throws(RPCError) -> Response {
        var payload = ByteBuffer()
        request.encode(into: &payload)
        let answer = try await call(method, payload: payload, options: options)
        do throws(WireError) {
            return try Response(decoding: answer)
        } catch {
            throw RPCError(.internal, reason: "MALFORMED_RESPONSE", message: "the answer was refused: \(error)")
        }
    }
}
