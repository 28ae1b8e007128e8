public import Identity
public import Logging
public import NIOCore
public import NIOPosix

/// A channel to one service: a connection that is made when it is first needed, shared by all calls, and made again with
/// growing, random pauses when it is lost.
public final class RPCClient: RPCChannel {
    public struct Configuration: Sendable {
        public var host: String
        public var port: Int
        /// Who must answer there.
        public var service: ServiceName
        /// Who calls; for the hello and logs.
        public var caller: ServiceName
        public var build: String
        public var security: TransportSecurity

        public init(
            host: String, port: Int, service: ServiceName, caller: ServiceName, build: String = "dev", security: TransportSecurity
        ) {
            self.host = host
            self.port = port
            self.service = service
            self.caller = caller
            self.build = build
            self.security = security
        }
    }

    private enum Event: Sendable {
        case start(PendingCall)
        case giveUp(PendingCall)
    }

    private let endpoint: ClientEndpoint
    private let inbox: LoopInbox<Event>

    public init(configuration: Configuration, group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton, logger: Logger) {
        let eventLoop = group.next()
        let endpoint = ClientEndpoint(configuration: configuration, eventLoop: eventLoop, logger: logger)
        self.endpoint = endpoint
        inbox = LoopInbox(eventLoop: eventLoop) { events in
            for event in events {
                switch event {
                case .start(let call): endpoint.start(call)
                case .giveUp(let call): endpoint.giveUp(call)
                }
            }
        }
    }

    public func call(_ method: MethodDescriptor, payload: ByteBuffer, options: CallOptions) async throws(RPCError) -> ByteBuffer {
        let now = ContinuousClock.now
        let deadline = options.effectiveDeadline(now: now)
        guard now < deadline else { throw .deadlineExceeded }
        let call = PendingCall(method: method, payload: payload, metadata: RequestMetadata(options), deadline: deadline)
        let answer = await withTaskCancellationHandler {
            start(call)
            return await call.answer()
        } onCancel: {
            // The caller goes on at once; the server is told on the loop.
            if call.finish(.failure(.cancelled)) { giveUp(call) }
        }
        return try answer.get()
    }

    func start(_ call: PendingCall) { inbox.put(.start(call)) }

    func giveUp(_ call: PendingCall) { inbox.put(.giveUp(call)) }

    /// Ends the connection; calls without an answer fail as unavailable.
    public func close() async {
        await endpoint.close()
    }
}

extension RequestMetadata {
    package init(_ options: CallOptions) {
        self.init()
        tenant = options.tenant
        principal = options.principal
        delegationToken = options.delegationToken
        idempotencyKey = options.idempotencyKey
        trace = options.trace ?? RequestContext.current?.trace.child() ?? .make()
    }
}
