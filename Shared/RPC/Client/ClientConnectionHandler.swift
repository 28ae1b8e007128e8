internal import NIOCore

/// Runs one connection of a client. Calls come in and answers go out on the event loop.
final class ClientConnectionHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// What the connection tells its owner; on the event loop.
    struct Owner {
        var ready: () -> Void
        /// No new calls on this connection; these were never served.
        var draining: (_ unserved: [PendingCall]) -> Void
        /// The connection is gone; these calls were written and have no answer.
        /// The error is nil where nothing was heard that explains it.
        var ended: (_ unanswered: [PendingCall], _ error: RPCError?) -> Void
    }

    enum Submission {
        case written
        case refused(RPCError)
        case unusable
    }

    private let build: String
    private let service: String
    private let needsHandshake: Bool
    private var owner: Owner?
    private var decoder = FrameDecoder(limits: .standard)
    private var state = ClientConnectionState()
    private var keepalive: Keepalive
    private let outlet = FrameOutlet()
    private var calls: [UInt32: PendingCall] = [:]
    private var context: ChannelHandlerContext?
    private var keepaliveTimer: Scheduled<Void>?
    private var failure: RPCError?

    init(service: String, build: String, needsHandshake: Bool, keepalive: Keepalive.Settings, owner: Owner) {
        self.service = service
        self.build = build
        self.needsHandshake = needsHandshake
        self.keepalive = Keepalive(settings: keepalive, now: .now())
        self.owner = owner
    }

    // MARK: Beginning and end

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        outlet.attach(context)
        if context.channel.isActive, !needsHandshake { greet() }
    }

    func channelActive(context: ChannelHandlerContext) {
        if !needsHandshake { greet() }
        context.fireChannelActive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is TLSHandshakeCompleted { greet() }
        context.fireUserInboundEventTriggered(event)
    }

    private func greet() {
        outlet.write(Hello(service: service, build: build))
        checkKeepalive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // A server that refuses this client's certificate says so after the client's own handshake is done (TLS 1.3).
        if let error = error as? TLSError, state.isAwaitingHello {
            failure = .unavailable("TLS_HANDSHAKE_FAILED", "\(error)")
        } else {
            failure = failure ?? .unavailable("CONNECTION_LOST", "the connection failed")
        }
        outlet.close()
    }

    func channelInactive(context: ChannelHandlerContext) {
        end()
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        end()
        self.context = nil
    }

    private func end() {
        keepaliveTimer?.cancel()
        guard let owner else { return }
        self.owner = nil
        let unanswered = state.close().compactMap { calls[$0] }
        calls = [:]
        owner.ended(unanswered, failure)
    }

    // MARK: Calls

    var isAwaitingHello: Bool { state.isAwaitingHello }

    func submit(_ call: PendingCall, now: ContinuousClock.Instant) -> Submission {
        var metadata = call.metadata
        metadata.timeout = call.deadline - now
        let opening = state.openStream(
            method: call.method.name, metadataBytes: metadata.encodedSizeMax, payloadBytes: call.payload.readableBytes)
        switch opening {
        case .unusable: return .unusable
        case .unknownMethod:
            return .refused(
                RPCError(.unimplemented, reason: "UNKNOWN_METHOD", message: "the service does not serve \(call.method.name)"))
        case .tooLarge:
            return .refused(
                RPCError(.resourceExhausted, reason: "REQUEST_TOO_LARGE", message: "the message is larger than the service takes"))
        case .full:
            return .refused(
                RPCError(.resourceExhausted, reason: "TOO_MANY_CALLS", message: "too many calls are open on this connection"))
        case .stream(let stream, let methodID):
            calls[stream] = call
            call.stream = stream
            outlet.write(.request, streamID: stream, code: methodID, payload: call.payload) { metadata.write(into: &$0) }
            return .written
        }
    }

    /// The caller no longer waits.
    func abandon(_ call: PendingCall) {
        // Streams are numbered per connection: the number alone could be another call's.
        guard let stream = call.stream, calls[stream] === call else { return }
        calls[stream] = nil
        if state.abandon(stream) { outlet.write(.cancel, streamID: stream) }
        closeIfDrained()
    }

    func close() { outlet.close() }

    /// No new calls from here on; closes when the open ones are answered.
    func drain() {
        state.drain()
        closeIfDrained()
    }

    // MARK: Frames

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        keepalive.heard(now: .now())
        decoder.append(unwrapInboundIn(data))
        do throws(FrameError) {
            while let frame = try decoder.next() { run(state.receive(frame)) }
        } catch {
            run(.fail(error))
        }
    }

    private func run(_ action: ClientConnectionState.Action) {
        switch action {
        case .none, .pongReceived: break
        case .ready: owner?.ready()
        case .pong(let payload): outlet.write(.pong, streamID: 0, payload: payload)
        case .answer(let stream, let code, let metadata, let payload):
            if let call = calls.removeValue(forKey: stream) {
                call.timer?.cancel()
                call.finish(Self.result(code, metadata, payload))
            }
            closeIfDrained()
        case .drain(let unserved):
            owner?.draining(unserved.compactMap { calls.removeValue(forKey: $0) })
            closeIfDrained()
        case .fail:
            failure = RPCError(.internal, reason: "PROTOCOL_ERROR", message: "the service sent a frame that was refused")
            outlet.close()
        }
    }

    private func closeIfDrained() {
        if state.isDrained { outlet.close() }
    }

    private static func result(_ code: UInt32, _ metadata: ByteBuffer, _ payload: ByteBuffer) -> Result<ByteBuffer, RPCError> {
        guard code != StatusCode.ok.rawValue else { return .success(payload) }
        let described = (try? ResponseMetadata(reading: metadata)) ?? ResponseMetadata()
        return .failure(described.error(StatusCode(rawValue: code) ?? .unknown))
    }

    // MARK: Keepalive

    private func checkKeepalive() {
        guard let context else { return }
        let until: NIODeadline
        switch keepalive.check(now: .now()) {
        case .wait(let deadline): until = deadline
        case .ping(let deadline):
            outlet.write(.ping, streamID: 0, payload: ByteBuffer(integer: UInt64(1)))
            until = deadline
        case .dead:
            failure = .unavailable("CONNECTION_DEAD", "the service no longer answers")
            outlet.close()
            return
        }
        keepaliveTimer = context.eventLoop.assumeIsolated().scheduleTask(deadline: until) { self.checkKeepalive() }
    }
}
