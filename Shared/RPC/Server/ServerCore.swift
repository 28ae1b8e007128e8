internal import Identity
package import Logging
package import NIOCore

#if canImport(Glibc)
    internal import Glibc
#endif

/// What all connections of a server share: its methods, its gate, its admission, and how a call is run. Also serves calls without
/// a socket, for tests.
package final class ServerCore: Sendable {
    package let methods: [UInt32: RegisteredMethod]
    package let names: [UInt32: String]
    let streamingMethods: Set<UInt32>
    let admission: AdmissionControl
    private let gate: CallGate
    private let observer: (any CallObserver)?
    private let onRefusal: @Sendable (CallRefusal) -> Void
    private let logger: Logger

    package init(
        services: [any RPCService], gate: CallGate, admission: AdmissionSettings, interceptors: [any ServerInterceptor] = [],
        observer: (any CallObserver)? = nil, logger: Logger, onRefusal: @escaping @Sendable (CallRefusal) -> Void
    ) {
        let all = services.flatMap(\.methods).map { $0.intercepted(by: interceptors) }
        precondition(Set(all.map(\.descriptor.name)).count == all.count, "a method is registered twice")
        // Ids are dense and hold for one connection only: each hello tells them anew.
        methods = Dictionary(uniqueKeysWithValues: zip(UInt32(1)..., all))
        names = methods.mapValues(\.descriptor.name)
        streamingMethods = Set(methods.filter { $0.value.descriptor.shape.isStreaming }.keys)
        self.gate = gate
        self.admission = AdmissionControl(admission)
        self.observer = observer
        self.logger = logger
        self.onRefusal = onRefusal
    }

    // MARK: Before the handler

    /// A call that may run as soon as there is a place for it.
    package struct Admissible: Sendable {
        let method: RegisteredMethod
        let payload: ByteBuffer
        package let context: CallContext
        package var received: ReceivedCall
        let admission: AdmissionRequest
        /// This end of a call of several messages.
        var messages: MessageStream?
    }

    package enum Verdict: Sendable {
        case run(Admissible)
        case refuse(RPCError, ReceivedCall)
    }

    package func check(
        methodID: UInt32, metadata: ByteBuffer, payload: ByteBuffer, from peer: PeerIdentity, receivedAt: ContinuousClock.Instant
    ) -> Verdict {
        guard let method = methods[methodID] else {
            return .refuse(
                RPCError(.unimplemented, reason: "UNKNOWN_METHOD", message: "this service has no such method"),
                received(nil, from: peer, receivedAt: receivedAt))
        }
        let request: RequestMetadata
        do throws(FrameError) {
            request = try RequestMetadata(reading: metadata)
        } catch {
            return .refuse(
                RPCError(.invalidArgument, reason: "MALFORMED_METADATA", message: "the call's metadata was refused"),
                received(methodID, from: peer, receivedAt: receivedAt))
        }
        return check(method, methodID, request, payload, peer, receivedAt)
    }

    private func check(
        _ method: RegisteredMethod, _ methodID: UInt32, _ request: RequestMetadata, _ payload: ByteBuffer, _ peer: PeerIdentity,
        _ receivedAt: ContinuousClock.Instant
    ) -> Verdict {
        var received = ReceivedCall(
            method.descriptor, from: peer.service, request, receivedAt: receivedAt, requestBytes: payload.readableBytes)
        var place = AdmissionRequest(
            method: methodID, tenant: request.tenant, priority: PriorityClass(wire: request.priority), bytes: payload.readableBytes,
            deadline: gate.deadline(of: request, receivedAt: receivedAt), isStream: method.descriptor.shape.isStreaming)
        // Whoever asks for more than there is must not cost a signature check each time.
        if !method.isImmediate, let refusal = admission.refuses(place, now: receivedAt) {
            return .refuse(refusal.error, received)
        }
        do throws(RPCError) {
            var context = try gate.admit(method.descriptor, from: peer, request, receivedAt: receivedAt, wallClock: Self.wallClock())
            context.trace = received.trace
            context.priority = place.priority
            received.tenant = context.tenant
            place.tenant = context.tenant
            return .run(Admissible(method: method, payload: payload, context: context, received: received, admission: place))
        } catch {
            report(error, method.descriptor, request, peer)
            return .refuse(error, received)
        }
    }

    /// Of a call whose metadata was not read.
    /// - Parameter methodID: Nil where that is not known either.
    func received(
        _ methodID: UInt32?, from peer: PeerIdentity, receivedAt: ContinuousClock.Instant, requestBytes: Int = 0
    ) -> ReceivedCall {
        let method = methodID.flatMap { methods[$0]?.descriptor } ?? .unknown
        return ReceivedCall(method, from: peer.service, receivedAt: receivedAt, requestBytes: requestBytes)
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

    // MARK: The handler

    /// Runs the handler to its end and never throws: what it throws becomes a status.
    package func run(_ call: Admissible, answerBytesMax: Int) async -> Result<ByteBuffer, RPCError> {
        guard ContinuousClock.now < call.context.deadline else { return .failure(.deadlineExceeded) }
        do {
            let answer = try await RequestContext.$current.withValue(call.context) {
                try await Self.handle(call)
            }
            return Self.checked(answer, answerBytesMax)
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

    private static func handle(_ call: Admissible) async throws -> ByteBuffer {
        switch call.method.handling {
        case .unary(let handler): return try await handler(call.payload, call.context)
        case .immediate(let handler): return try handler(call.payload, call.context)
        case .streaming(let handler):
            guard let messages = call.messages else { throw RPCError.internalError }
            try await handler(messages, call.context)
            return ByteBuffer()
        }
    }

    /// The answer of a method that is answered on the event loop; nil for all others.
    func immediateAnswer(to call: Admissible, answerBytesMax: Int) -> Result<ByteBuffer, RPCError>? {
        guard case .immediate(let handler) = call.method.handling else { return nil }
        do throws(RPCError) {
            return Self.checked(try handler(call.payload, call.context), answerBytesMax)
        } catch {
            return .failure(error)
        }
    }

    private static func checked(_ answer: ByteBuffer, _ bytesMax: Int) -> Result<ByteBuffer, RPCError> {
        guard answer.readableBytes <= bytesMax else {
            return .failure(
                RPCError(.resourceExhausted, reason: "RESPONSE_TOO_LARGE", message: "the answer is larger than a message may be"))
        }
        return .success(answer)
    }

    // MARK: After the handler

    /// Once per call, by whoever tells its caller.
    func ended(_ call: ReceivedCall, _ answer: Result<ByteBuffer, RPCError>) {
        if let observer { observer.callEnded(call.record(answer, now: .now)) }
    }

    private static func wallClock() -> Int64 { Int64(time(nil)) }
}
