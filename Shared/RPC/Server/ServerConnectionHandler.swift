internal import Identity
internal import Logging
internal import NIOCore

/// Runs one connection of a server: bytes to frames, frames through the state machine, its actions to calls and frames.
final class ServerConnectionHandler: ChannelInboundHandler, FragmentSource {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    enum Event: Sendable {
        case turn(stream: UInt32, AdmissionControl.Turn)
        case returned(stream: UInt32, Result<ByteBuffer, RPCError>)
        case send(stream: UInt32, ByteBuffer)
        case read(stream: UInt32, held: Int)
        case drain
        case cancelEverything
    }

    /// A client that does not answer the ping after the first GOAWAY is not waited for longer.
    private static let warningTime = TimeAmount.seconds(5)

    let core: ServerCore
    let settings: RPCServer.Settings
    let outlet = FrameOutlet()
    private let logger: Logger
    private(set) var peer: PeerIdentity?
    private(set) var context: ChannelHandlerContext?
    private(set) var inbox: LoopInbox<Event>?
    private(set) var deadlines: DeadlineTimer<UInt32>?
    private var decoder: FrameDecoder
    var state: ServerConnectionState
    var fragments = FragmentScheduler()
    var calls: [UInt32: ServedCall] = [:]
    private var keepalive: Keepalive
    private var helloTimer: Scheduled<Void>?
    private var keepaliveTimer: Scheduled<Void>?
    private var ageTimer: Scheduled<Void>?

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

    // MARK: Beginning

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        outlet.attach(context, source: self)
        let isolated = NIOLoopBound(self, eventLoop: context.eventLoop)
        inbox = LoopInbox(eventLoop: context.eventLoop) { events in
            for event in events { isolated.value.handle(event) }
        }
        deadlines = DeadlineTimer(
            eventLoop: context.eventLoop, isOpen: { [unowned self] in calls[$0] != nil },
            hasPassed: { [unowned self] in stop($0, .deadlineExceeded) })
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

    /// Both ends have said who they are: a connection's life begins.
    private func age() {
        let life = ConnectionAge.lifetime(max: settings.connectionAgeMax, random: .random(in: 0...1))
        ageTimer = context?.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(life)) { self.warn() }
    }

    // MARK: Frames

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        keepalive.heard(now: .now())
        decoder.append(unwrapInboundIn(data))
        let receivedAt = ContinuousClock.now
        do throws(FrameError) {
            while let frame = try decoder.next() {
                run(state.receive(frame), receivedAt: receivedAt)
                if frame.header.type == .hello, ageTimer == nil { age() }
            }
        } catch {
            run(.fail(error), receivedAt: receivedAt)
        }
        if state.isDrained { outlet.close() }
    }

    private func run(_ action: ServerConnectionState.Action, receivedAt: ContinuousClock.Instant) {
        switch action {
        case .none: break
        case .pong(let payload): outlet.write(.pong, streamID: 0, payload: payload)
        case .pongReceived: if state.isWarned { refuseFurther() }
        case .refuse(let stream, let methodID, let error): refuse(stream, methodID, error, receivedAt)
        case .cancel(let stream): stop(stream, .cancelled)
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

    private func handle(_ event: Event) {
        switch event {
        case .turn(let stream, let turn): take(turn, stream)
        case .returned(let stream, let result): returned(stream, result)
        case .send(let stream, let message): send(message, stream)
        case .read(let stream, let held):
            if let bytes = state.read(held, on: stream) { outlet.write(.window, streamID: stream, code: bytes) }
        case .drain: warn()
        case .cancelEverything:
            refuseFurther()
            for stream in calls.keys { stop(stream, .unavailable("SHUTTING_DOWN", "the service is shutting down")) }
        }
        if state.isDrained { outlet.close() }
    }

    // MARK: Draining

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

    /// First asks the client to send no more, and names a last stream only when it has read that: so no call is under way that would
    /// be sent for nothing.
    private func warn() {
        guard state.warn() else { return refuseFurther() }
        outlet.write(.goAway, streamID: ServerConnectionState.noStream)
        outlet.write(.ping, streamID: 0, payload: ByteBuffer(integer: UInt64(0)))
        ageTimer?.cancel()
        ageTimer = context?.eventLoop.assumeIsolated().scheduleTask(in: Self.warningTime) { self.refuseFurther() }
    }

    private func refuseFurther() {
        if let last = state.drain() { outlet.write(.goAway, streamID: last) }
        if state.isDrained { outlet.close() }
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

    // MARK: End

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
        ageTimer?.cancel()
        deadlines?.stop()
        deadlines = nil
        abandonCalls()
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
}
