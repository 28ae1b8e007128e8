internal import NIOCore
public import WireRuntime

extension RegisteredMethod {
    public static func serverStreaming<Request: WireMessage, Response: WireMessage>(
        _ descriptor: MethodDescriptor,
        _ handler: @escaping @Sendable (Request, MessageWriter<Response>, CallContext) async throws -> Void
    ) -> RegisteredMethod {
        RegisteredMethod(
            descriptor,
            .streaming { stream, context in
                guard let payload = try await stream.next() else {
                    throw RPCError(.invalidArgument, reason: "MESSAGE_MISSING", message: "\(descriptor.name) takes one message")
                }
                try await handler(try Request.received(payload), MessageWriter(stream: stream), context)
            })
    }

    public static func clientStreaming<Request: WireMessage, Response: WireMessage>(
        _ descriptor: MethodDescriptor, _ handler: @escaping @Sendable (MessageReader<Request>, CallContext) async throws -> Response
    ) -> RegisteredMethod {
        RegisteredMethod(
            descriptor,
            .streaming { stream, context in
                let answer = try await handler(MessageReader(stream: stream, decode: Request.received), context)
                try await MessageWriter(stream: stream).send(answer)
            })
    }

    public static func bidirectional<Request: WireMessage, Response: WireMessage>(
        _ descriptor: MethodDescriptor,
        _ handler: @escaping @Sendable (MessageReader<Request>, MessageWriter<Response>, CallContext) async throws -> Void
    ) -> RegisteredMethod {
        RegisteredMethod(
            descriptor,
            .streaming { stream, context in
                try await handler(MessageReader(stream: stream, decode: Request.received), MessageWriter(stream: stream), context)
            })
    }
}
