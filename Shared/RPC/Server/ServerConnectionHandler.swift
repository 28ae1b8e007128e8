internal import Identity
internal import Logging
internal import NIOCore

/// Runs one connection of a server: bytes to frames, frames through the state machine, its actions to calls and frames.
final class ServerConnectionHandler: ChannelInboundHandler, FragmentSource {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private struct RunningCall {
        var task: Task<Void, Never>
        var deadline: Scheduled<Void>
        var messages: MessageStream?
        /// What the handler returned, where what is left is to send it.
        var returned: Result<ByteBuffer, RPCError>?
    }

    private enum Event: Sendable {
        case returned(stream: UInt32, Result<ByteBuffer, RPCError>)
        case send(stream: UInt32, ByteBuffer)
        case read(stream: UInt32, held: Int)
        case drain
        case cancelEverything
    }

    private let core: ServerCore
    private let settings: RPCServer.Settings
    private let logger: Logger
    private var peer: PeerIdentity?
    private var decoder: FrameDecoder
    private var state: ServerConnectionState
    private var keepalive: Keepalive
    private let outlet = FrameOutlet()
    private var fragments = FragmentScheduler()
    private var calls: [UInt32: RunningCall] = [:]
    private var inbox: LoopInbox<Event>?
    private var context: ChannelHandlerContext?
    private var helloTimer: Scheduled<Void>?
    private var keepaliveTimer: Scheduled<Void>?

    /// - Parameter peer: Nil where a TLS handler before this one will tell.
    init(core: ServerCore, settings: RPCServer.Settings, peer: PeerIdentity?, logger: Logger) {
        self.core = core
        self.settings = settings
        self.peer = peer
        self.logger = logger
        decoder = FrameDecoder(limits: settings.limits)
        state = ServerConnectionState(
            streamsMax: settings.streamsMax, messageBytesMax: settings.limits.messageBytesMax, streamingMethods: core.streamingMethods)
        keepalive = Keepalive(settings: settings.keepalive, now: .now())
    }

    // MARK: Beginning and end

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        outlet.attach(context, source: self)
        let isolated = NIOLoopBound(self, eventLoop: context.eventLoop)
        inbox = LoopInbox(eventLoop: context.eventLoop) { events in
            for event in events { isolated.value.handle(event) }
        }
        helloTimer = context.eventLoop.assumeIsolated().scheduleTask(in: settings.handshakeTimeout) {
            if self.state.isAwaitingHello { self.outlet.close() }
        }
        if context.channel.isActive, peer != nil { greet() }
    }

    func channelActive(context: ChannelHandlerContext) {
        if peer != nil { greet() }
        context.fireChannelActive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if let handshake = event as? TLSHandshakeCompleted {
            guard let identity = handshake.peer else {
                // The context of a server demands a certificate with a service's name, so this cannot be.
                outlet.close()
                return
            }
            peer = identity
            greet()
        }
        context.fireUserInboundEventTriggered(event)
    }

    private func greet() {
        outlet.write(
            Hello(
                service: settings.service.rawValue, build: settings.build, limits: settings.limits,
                streamsMax: UInt32(settings.streamsMax), methods: core.names))
        checkKeepalive()
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

    /// A client that does not read its answers is not read from either.
    func channelWritabilityChanged(context: ChannelHandlerContext) {
        try? context.channel.syncOptions?.setOption(.autoRead, value: context.channel.isWritable)
        outlet.scheduleTurn()
        context.fireChannelWritabilityChanged()
    }

    private func end() {
        state.close()
        helloTimer?.cancel()
        keepaliveTimer?.cancel()
        for call in calls.values {
            call.deadline.cancel()
            call.task.cancel()
            call.messages?.end(.cancelled)
        }
        calls = [:]
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if let error = error as? TLSError, case .handshake = error {
            let address = context.remoteAddress.map { "\($0)" } ?? "unknown"
            logger.warning("connection refused", metadata: ["error": "\(error)", "from": "\(address)"])
        } else {
            logger.debug("connection failed", metadata: ["error": "\(error)", "peer": "\(peer?.service.rawValue ?? "unknown")"])
        }
        outlet.close()
    }

    // MARK: Frames

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        keepalive.heard(now: .now())
        decoder.append(unwrapInboundIn(data))
        let receivedAt = ContinuousClock.now
        do throws(FrameError) {
            while let frame = try decoder.next() { run(state.receive(frame), receivedAt: receivedAt) }
        } catch {
            run(.fail(error), receivedAt: receivedAt)
        }
        if state.isDrained { outlet.close() }
    }

    private func run(_ action: ServerConnectionState.Action, receivedAt: ContinuousClock.Instant) {
        switch action {
        case .none, .pongReceived: break
        case .pong(let payload): outlet.write(.pong, streamID: 0, payload: payload)
        case .refuse(let stream, let error):
            answer(stream, .failure(error))
            stop(stream, error)
        case .cancel(let stream):
            answer(stream, .failure(.cancelled))
            stop(stream, .cancelled)
        case .start(let stream, let methodID, let metadata, let payload):
            start(stream, methodID, metadata, payload, receivedAt)
        case .open(let stream, let methodID, let metadata, let first):
            fragments.open(stream)
            start(stream, methodID, metadata, ByteBuffer(), receivedAt, messages: MessageStream(transport: transport(of: stream)))
            received(stream, first)
        case .received(let stream, let received): self.received(stream, received)
        case .grant(let stream, let bytes): outlet.write(.window, streamID: stream, code: bytes)
        case .granted(let stream, let bytes):
            do throws(FrameError) { try fragments.grant(bytes, on: stream) } catch { run(state.violated(error), receivedAt: receivedAt) }
            outlet.scheduleTurn()
        case .fail(let error):
            logger.warning(
                "connection closed for a protocol error", metadata: ["error": "\(error)", "peer": "\(peer?.service.rawValue ?? "unknown")"])
            state.close()
            outlet.write(.goAway, streamID: 0, code: StatusCode.internal.rawValue)
            outlet.close()
        }
    }

    // MARK: Calls

    private func start(
        _ stream: UInt32, _ methodID: UInt32, _ metadata: ByteBuffer, _ payload: ByteBuffer, _ receivedAt: ContinuousClock.Instant,
        messages: MessageStream? = nil
    ) {
        guard let peer, let inbox, let context else {
            state.handlerReturned()
            return
        }
        switch core.admit(methodID: methodID, metadata: metadata, payload: payload, from: peer, receivedAt: receivedAt) {
        case .failure(let error):
            state.handlerReturned()
            answer(stream, .failure(error))
        case .success(var call):
            call.messages = messages
            let left = call.context.deadline - ContinuousClock.now
            let timer = context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(left)) {
                self.answer(stream, .failure(.deadlineExceeded))
                self.stop(stream, .deadlineExceeded)
            }
            let bytesMax = settings.limits.messageBytesMax
            let task = Task { [core, call] in
                let result = await core.run(call, answerBytesMax: bytesMax)
                inbox.put(.returned(stream: stream, result))
            }
            calls[stream] = RunningCall(task: task, deadline: timer, messages: messages)
        }
    }

    private func stop(_ stream: UInt32, _ error: RPCError) {
        guard let call = calls[stream] else { return }
        call.deadline.cancel()
        call.task.cancel()
        call.messages?.end(error)
        if call.returned != nil { calls[stream] = nil }
    }

    private func returned(_ stream: UInt32, _ result: Result<ByteBuffer, RPCError>) {
        state.handlerReturned()
        guard let call = calls[stream], state.isUnanswered(stream) else { return conclude(stream, result) }
        if call.messages != nil {
            // The status comes after the messages, a failure too.
            fragments.finish(stream)
        } else if case .success(let payload) = result, payload.readableBytes > FlowControl.fragmentBytesMax {
            fragments.open(stream)
            fragments.enqueue(payload, on: stream)
        } else {
            return conclude(stream, result)
        }
        // The deadline goes on: a client may read slowly, but not for ever.
        calls[stream]?.returned = result
        outlet.scheduleTurn()
    }

    private func answer(_ stream: UInt32, _ result: Result<ByteBuffer, RPCError>) {
        guard state.claimAnswer(stream) else { return }
        let isStreaming = calls[stream]?.messages != nil
        fragments.close(stream)
        switch result {
        case .success(let payload):
            outlet.write(isStreaming ? .end : .response, streamID: stream, code: StatusCode.ok.rawValue, payload: payload)
        case .failure(let error):
            outlet.write(isStreaming ? .end : .response, streamID: stream, code: error.code.rawValue) { ResponseMetadata(error).write(into: &$0) }
        }
    }

    // MARK: Messages of several frames

    /// From any thread.
    private func transport(of stream: UInt32) -> MessageStream.Transport {
        let inbox = self.inbox
        return MessageStream.Transport(
            messageBytesMax: settings.limits.messageBytesMax,
            send: { message in inbox?.put(.send(stream: stream, message)) },
            finish: {},
            read: { held in inbox?.put(.read(stream: stream, held: held)) },
            cancel: {})
    }

    private func received(_ stream: UInt32, _ received: ServerConnectionState.Received) {
        if let bytes = received.grant { outlet.write(.window, streamID: stream, code: bytes) }
        guard let messages = calls[stream]?.messages else { return }
        if let message = received.message { messages.deliver(message, held: received.held) }
        if received.isLast { messages.peerIsDone() }
    }

    private func send(_ message: ByteBuffer, _ stream: UInt32) {
        guard state.isUnanswered(stream), calls[stream]?.messages != nil else { return }
        fragments.enqueue(message, on: stream)
        outlet.scheduleTurn()
    }

    func writeFragment() -> Bool {
        switch fragments.next() {
        case nil: return false
        case .part(let stream, let payload, completes: nil):
            outlet.write(.data, flags: .more, streamID: stream, payload: payload)
        case .part(let stream, let payload, completes: let bytes?):
            if let messages = calls[stream]?.messages {
                outlet.write(.data, streamID: stream, payload: payload)
                messages.sent(bytes)
            } else {
                conclude(stream, .success(payload))
            }
        case .finished(let stream): conclude(stream, calls[stream]?.returned ?? .failure(.internalError))
        }
        return true
    }

    /// The handler has returned, and all that it sent is out.
    private func conclude(_ stream: UInt32, _ result: Result<ByteBuffer, RPCError>) {
        answer(stream, result)
        calls.removeValue(forKey: stream)?.deadline.cancel()
        if state.isDrained { outlet.close() }
    }

    private func handle(_ event: Event) {
        switch event {
        case .returned(let stream, let result):
            returned(stream, result)
        case .send(let stream, let message): send(message, stream)
        case .read(let stream, let held):
            if let bytes = state.read(held, on: stream) { outlet.write(.window, streamID: stream, code: bytes) }
        case .drain:
            if let last = state.drain() { outlet.write(.goAway, streamID: last) }
        case .cancelEverything:
            for stream in calls.keys {
                let error = RPCError.unavailable("SHUTTING_DOWN", "the service is shutting down")
                answer(stream, .failure(error))
                stop(stream, error)
            }
        }
        if state.isDrained { outlet.close() }
    }

    /// From any thread: no new calls; closes once the open ones are answered.
    func drain() -> @Sendable () -> Void {
        let inbox = self.inbox
        return { inbox?.put(.drain) }
    }

    /// From any thread: cancels every handler and answers for it.
    func cancelEverything() -> @Sendable () -> Void {
        let inbox = self.inbox
        return { inbox?.put(.cancelEverything) }
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
            outlet.close()
            return
        }
        keepaliveTimer = context.eventLoop.assumeIsolated().scheduleTask(deadline: until) { self.checkKeepalive() }
    }
}
