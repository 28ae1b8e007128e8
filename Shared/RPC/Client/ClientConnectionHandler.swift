internal import NIOCore

/// Runs one connection of a client. Calls come in and answers go out on the event loop.
final class ClientConnectionHandler: ChannelInboundHandler, FragmentSource {
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

    /// What the ends of streams ask for, from any thread.
    private enum StreamEvent: Sendable {
        case send(StreamingCall, ByteBuffer)
        case finish(StreamingCall)
        case read(StreamingCall, held: Int)
        case cancel(StreamingCall)
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
    private var fragments = FragmentScheduler()
    private var inbox: LoopInbox<StreamEvent>?
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
        outlet.attach(context, source: self)
        let isolated = NIOLoopBound(self, eventLoop: context.eventLoop)
        inbox = LoopInbox(eventLoop: context.eventLoop) { events in
            for event in events { isolated.value.handle(event) }
        }
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
        // The inbox holds this handler.
        inbox = nil
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
    var openCalls: Int { state.openStreams }

    func submit(_ call: PendingCall, now: ContinuousClock.Instant) -> Submission {
        var metadata = call.metadata
        metadata.timeout = call.deadline - now
        let opening = state.openStream(
            method: call.method.name, isStreaming: call.method.shape.isStreaming, metadataBytes: metadata.encodedSizeMax,
            payloadBytes: call.payload.readableBytes)
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
            write(call, on: stream, methodID, metadata)
            return .written
        }
    }

    private func write(_ call: PendingCall, on stream: UInt32, _ methodID: UInt32, _ metadata: RequestMetadata) {
        var flags: FrameFlags = []
        if call.method.shape.isStreaming, let call = call as? StreamingCall {
            if call.clientStreams { flags = [.bare, .open] }
            fragments.open(stream)
            call.messages.bind(transport(of: call))
            call.opened.give(nil)
        }
        var payload = call.payload
        if payload.readableBytes > FlowControl.fragmentBytesMax {
            if !fragments.isOpen(stream) { fragments.open(stream) }
            if let first = fragments.begin(payload, on: stream) {
                payload = first
                flags = .more
                outlet.scheduleTurn()
            }
        }
        outlet.write(.request, flags: flags, streamID: stream, code: methodID, payload: payload) { metadata.write(into: &$0) }
    }

    /// The caller no longer waits.
    func abandon(_ call: PendingCall) {
        // Streams are numbered per connection: the number alone could be another call's.
        guard let stream = call.stream, calls[stream] === call else { return }
        calls[stream] = nil
        stopSending(stream)
        if state.abandon(stream) { outlet.write(.cancel, streamID: stream) }
        closeIfDrained()
    }

    private func stopSending(_ stream: UInt32) {
        fragments.close(stream)
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
            end(stream, Self.result(code, metadata, payload))
        case .message(let stream, let message, let held):
            (calls[stream] as? StreamingCall)?.messages.deliver(message, held: held)
        case .grant(let stream, let bytes): outlet.write(.window, streamID: stream, code: bytes)
        case .granted(let stream, let bytes):
            do throws(FrameError) { try fragments.grant(bytes, on: stream) } catch { run(state.violated(error)) }
            outlet.scheduleTurn()
        case .giveUp(let stream, let error):
            outlet.write(.cancel, streamID: stream)
            end(stream, .failure(error))
        case .drain(let unserved):
            for stream in unserved { stopSending(stream) }
            owner?.draining(unserved.compactMap { calls.removeValue(forKey: $0) })
            closeIfDrained()
        case .fail:
            failure = RPCError(.internal, reason: "PROTOCOL_ERROR", message: "the service sent a frame that was refused")
            outlet.close()
        }
    }

    private func end(_ stream: UInt32, _ result: PendingCall.Answer) {
        if let call = calls.removeValue(forKey: stream) {
            call.finish(result)
            call.forgetPayload()
        }
        stopSending(stream)
        closeIfDrained()
    }

    private func closeIfDrained() {
        if state.isDrained { outlet.close() }
    }

    private static func result(_ code: UInt32, _ metadata: ByteBuffer, _ payload: ByteBuffer) -> Result<ByteBuffer, RPCError> {
        guard code != StatusCode.ok.rawValue else { return .success(payload) }
        let described = (try? ResponseMetadata(reading: metadata)) ?? ResponseMetadata()
        return .failure(described.error(StatusCode(rawValue: code) ?? .unknown))
    }

    // MARK: Calls of several messages

    /// From any thread.
    private func transport(of call: StreamingCall) -> MessageStream.Transport {
        let inbox = self.inbox
        return MessageStream.Transport(
            messageBytesMax: state.messageBytesMax,
            send: { message in inbox?.put(.send(call, message)) },
            finish: { inbox?.put(.finish(call)) },
            read: { held in inbox?.put(.read(call, held: held)) },
            cancel: { inbox?.put(.cancel(call)) })
    }

    private func handle(_ event: StreamEvent) {
        switch event {
        case .send(let call, let message):
            guard call.clientStreams, let stream = open(call) else { return }
            fragments.enqueue(message, on: stream)
            outlet.scheduleTurn()
        case .finish(let call):
            guard call.clientStreams, let stream = open(call) else { return }
            fragments.finish(stream)
            outlet.scheduleTurn()
        case .read(let call, let held):
            if let stream = open(call), let bytes = state.read(held, on: stream) { outlet.write(.window, streamID: stream, code: bytes) }
        case .cancel(let call):
            if call.finish(.failure(.cancelled)) { abandon(call) }
        }
    }

    /// The stream on which the call is open here.
    private func open(_ call: StreamingCall) -> UInt32? {
        guard let stream = call.stream, calls[stream] === call else { return nil }
        return stream
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        outlet.scheduleTurn()
        context.fireChannelWritabilityChanged()
    }

    func writeFragment() -> Bool {
        switch fragments.next() {
        case nil: return false
        case .part(let stream, let payload, completes: let bytes?):
            let call = calls[stream] as? StreamingCall
            let staysOpen = call?.clientStreams == true
            outlet.write(.data, flags: staysOpen ? .open : [], streamID: stream, payload: payload)
            if staysOpen { call?.messages.sent(bytes) }
        case .part(let stream, let payload, completes: nil):
            outlet.write(.data, flags: .more, streamID: stream, payload: payload)
        case .finished(let stream):
            outlet.write(.data, flags: .bare, streamID: stream)
        }
        return true
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
