internal import Identity
public import Logging
internal import NIOConcurrencyHelpers
public import NIOCore
public import NIOPosix

/// A channel to one service: connections to its servers that are made when they are first needed, shared by all calls, and made
/// again with growing, random pauses when they are lost.
public final class RPCClient: RPCChannel {
    private enum Event: Sendable {
        case start(PendingCall)
        case giveUp(PendingCall)
    }

    let configuration: Configuration
    let endpoints: ServiceEndpoints
    let throttle: NIOLockedValueBox<RetryThrottle>
    private let inbox: LoopInbox<Event>

    public init(configuration: Configuration, group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton, logger: Logger) {
        let eventLoop = group.next()
        let endpoints = ServiceEndpoints(configuration: configuration, eventLoop: eventLoop, logger: logger)
        self.configuration = configuration
        self.endpoints = endpoints
        throttle = NIOLockedValueBox(RetryThrottle(configuration.retries?.throttle ?? .init()))
        inbox = LoopInbox(eventLoop: eventLoop) { events in
            for event in events {
                switch event {
                case .start(let call): endpoints.start(call)
                case .giveUp(let call): endpoints.giveUp(call)
                }
            }
        }
    }

    public func call(_ method: MethodDescriptor, payload: ByteBuffer, options: CallOptions) async throws(RPCError) -> ByteBuffer {
        var call = UnaryCall(method, payload: payload, options: options, now: .now)
        let answer: PendingCall.Answer
        if call.began >= call.deadline {
            answer = .failure(.deadlineExceeded)
        } else if let hedging = options.hedging, method.isIdempotent {
            answer = await hedged(&call, hedging)
        } else {
            answer = await tried(&call)
        }
        if let observer = configuration.observer { observer.callEnded(call.record(answer, peer: configuration.service, now: .now)) }
        return try answer.get()
    }

    func start(_ call: PendingCall) { inbox.put(.start(call)) }

    func giveUp(_ call: PendingCall) { inbox.put(.giveUp(call)) }

    /// Ends the connections; calls without an answer fail as unavailable.
    public func close() async {
        await endpoints.close()
    }
}

extension RequestMetadata {
    package init(_ options: CallOptions) {
        self.init()
        tenant = options.tenant
        principal = options.principal
        delegationToken = options.delegationToken
        idempotencyKey = options.idempotencyKey
        priority = options.priority.wire
        trace = options.trace ?? RequestContext.current?.trace.child() ?? .make()
    }
}
