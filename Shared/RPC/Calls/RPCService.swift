package import NIOCore
public import WireRuntime

/// A handler's methods, ready to be served. Generated for each service of the proto files.
public protocol RPCService: Sendable {
    var methods: [RegisteredMethod] { get }
}

public struct RegisteredMethod: Sendable {
    public let descriptor: MethodDescriptor
    package let handle: @Sendable (ByteBuffer, CallContext) async throws -> ByteBuffer

    /// Around another method's handler: for what measures or guards all of a server's methods.
    package init(_ descriptor: MethodDescriptor, handle: @escaping @Sendable (ByteBuffer, CallContext) async throws -> ByteBuffer) {
        self.descriptor = descriptor
        self.handle = handle
    }

    public init<Request: WireMessage, Response: WireMessage>(
        _ descriptor: MethodDescriptor, _ handler: @escaping @Sendable (Request, CallContext) async throws -> Response
    ) {
        self.descriptor = descriptor
        handle = { payload, context in
            let request: Request
            do throws(WireError) {
                request = try Request(decoding: payload)
            } catch {
                throw RPCError(
                    .invalidArgument, reason: "MALFORMED_MESSAGE", message: "the message was refused: \(error)",
                    details: ["field": error.field, "problem": error.problem.rawValue])
            }
            var answer = ByteBuffer()
            try await handler(request, context).encode(into: &answer)
            return answer
        }
    }
}
