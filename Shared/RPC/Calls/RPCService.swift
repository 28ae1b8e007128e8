package import NIOCore
public import WireRuntime

/// A handler's methods, ready to be served. Generated for each service of the proto files.
public protocol RPCService: Sendable {
    var methods: [RegisteredMethod] { get }
}

public struct RegisteredMethod: Sendable {
    /// What answers a call: encoded messages in and out.
    package enum Handling: Sendable {
        case unary(@Sendable (ByteBuffer, CallContext) async throws -> ByteBuffer)
        /// Returning ends the call with OK, throwing with the error's status.
        case streaming(@Sendable (MessageStream, CallContext) async throws -> Void)
        /// Answered on the event loop itself, past admission: for what is as cheap as saying so.
        case immediate(@Sendable (ByteBuffer, CallContext) throws(RPCError) -> ByteBuffer)
    }

    public let descriptor: MethodDescriptor
    package let handling: Handling

    package init(_ descriptor: MethodDescriptor, _ handling: Handling) {
        self.descriptor = descriptor
        self.handling = handling
    }

    public init<Request: WireMessage, Response: WireMessage>(
        _ descriptor: MethodDescriptor, _ handler: @escaping @Sendable (Request, CallContext) async throws -> Response
    ) {
        self.init(
            descriptor,
            .unary { payload, context in
                var answer = ByteBuffer()
                try await handler(try Request.received(payload), context).encode(into: &answer)
                return answer
            })
    }
}

extension RegisteredMethod {
    var isImmediate: Bool { if case .immediate = handling { true } else { false } }

    /// For a handler that neither waits nor computes, such as health: it is answered however busy the server is.
    public static func immediate<Request: WireMessage, Response: WireMessage>(
        _ descriptor: MethodDescriptor, _ handler: @escaping @Sendable (Request, CallContext) throws(RPCError) -> Response
    ) -> RegisteredMethod {
        RegisteredMethod(
            descriptor,
            .immediate { (payload, context) throws(RPCError) in
                var answer = ByteBuffer()
                try handler(try Request.received(payload), context).encode(into: &answer)
                return answer
            })
    }
}

extension WireMessage {
    /// Decodes what a caller sent; the refusal names the field.
    static func received(_ payload: ByteBuffer) throws(RPCError) -> Self {
        do throws(WireError) {
            return try Self(decoding: payload)
        } catch {
            throw RPCError(
                .invalidArgument, reason: "MALFORMED_MESSAGE", message: "the message was refused: \(error)",
                details: ["field": error.field, "problem": error.problem.rawValue])
        }
    }

    /// Decodes what a service answered.
    static func answered(_ payload: ByteBuffer) throws(RPCError) -> Self {
        do throws(WireError) {
            return try Self(decoding: payload)
        } catch {
            throw RPCError(.internal, reason: "MALFORMED_RESPONSE", message: "the answer was refused: \(error)")
        }
    }
}
