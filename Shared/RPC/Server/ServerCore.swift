internal import Identity
package import Logging
package import NIOCore

#if canImport(Glibc)
    internal import Glibc
#endif

/// What all connections of a server share: its methods, its gate, and how a call is run. Also serves calls without a
/// socket, for tests.
package final class ServerCore: Sendable {
    package let methods: [UInt32: RegisteredMethod]
    package let names: [UInt32: String]
    let streamingMethods: Set<UInt32>
    private let gate: CallGate
    private let onRefusal: @Sendable (CallRefusal) -> Void
    private let logger: Logger

    package init(
        services: [any RPCService], gate: CallGate, logger: Logger, onRefusal: @escaping @Sendable (CallRefusal) -> Void
    ) {
        let all = services.flatMap(\.methods)
        precondition(Set(all.map(\.descriptor.name)).count == all.count, "a method is registered twice")
        // Ids are dense and hold for one connection only: each hello tells them anew.
        methods = Dictionary(uniqueKeysWithValues: zip(UInt32(1)..., all))
        names = methods.mapValues(\.descriptor.name)
        streamingMethods = Set(methods.filter { $0.value.descriptor.shape.isStreaming }.keys)
        self.gate = gate
        self.logger = logger
        self.onRefusal = onRefusal
    }

    package struct Admitted: Sendable {
        let method: RegisteredMethod
        let payload: ByteBuffer
        package let context: CallContext
        /// This end of a call of several messages.
        var messages: MessageStream?
    }

    package func admit(
        methodID: UInt32, metadata: ByteBuffer, payload: ByteBuffer, from peer: PeerIdentity, receivedAt: ContinuousClock.Instant
    ) -> Result<Admitted, RPCError> {
        guard let method = methods[methodID] else {
            return .failure(RPCError(.unimplemented, reason: "UNKNOWN_METHOD", message: "this service has no such method"))
        }
        let request: RequestMetadata
        do throws(FrameError) {
            request = try RequestMetadata(reading: metadata)
        } catch {
            return .failure(
                RPCError(.invalidArgument, reason: "MALFORMED_METADATA", message: "the call's metadata was refused"))
        }
        do throws(RPCError) {
            let context = try gate.admit(
                method.descriptor, from: peer, request, receivedAt: receivedAt, wallClock: Self.wallClock())
            return .success(Admitted(method: method, payload: payload, context: context))
        } catch {
            report(error, method.descriptor, request, peer)
            return .failure(error)
        }
    }

    private func report(_ error: RPCError, _ method: MethodDescriptor, _ request: RequestMetadata, _ peer: PeerIdentity) {
        guard error.code == .permissionDenied || error.code == .unauthenticated else { return }
        logger.warning(
            "call refused",
            metadata: ["method": "\(method.name)", "caller": "\(peer.service)", "reason": "\(error.reason)"])
        onRefusal(
            CallRefusal(
                error: error, caller: peer.service, method: method.name, tenant: request.tenant, principal: request.principal,
                trace: request.trace))
    }

    /// Runs the handler to its end and never throws: what it throws becomes a status.
    package func run(_ call: Admitted, answerBytesMax: Int) async -> Result<ByteBuffer, RPCError> {
        guard ContinuousClock.now < call.context.deadline else { return .failure(.deadlineExceeded) }
        do {
            let answer = try await RequestContext.$current.withValue(call.context) {
                try await Self.handle(call)
            }
            guard answer.readableBytes <= answerBytesMax else {
                return .failure(
                    RPCError(.resourceExhausted, reason: "RESPONSE_TOO_LARGE", message: "the answer is larger than a message may be"))
            }
            return .success(answer)
        } catch let error as RPCError {
            return .failure(error)
        } catch is CancellationError {
            return .failure(ContinuousClock.now < call.context.deadline ? .cancelled : .deadlineExceeded)
        } catch {
            logger.error(
                "handler failed",
                metadata: [
                    "method": "\(call.method.descriptor.name)", "trace": "\(call.context.trace.traceIDText)", "error": "\(error)",
                ])
            return .failure(.internalError)
        }
    }

    private static func handle(_ call: Admitted) async throws -> ByteBuffer {
        switch call.method.handling {
        case .unary(let handler): return try await handler(call.payload, call.context)
        case .streaming(let handler):
            guard let messages = call.messages else { throw RPCError.internalError }
            try await handler(messages, call.context)
            return ByteBuffer()
        }
    }

    private static func wallClock() -> Int64 { Int64(time(nil)) }
}
