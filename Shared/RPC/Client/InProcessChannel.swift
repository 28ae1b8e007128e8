internal import Logging
public import NIOCore

/// Calls services in the same process, through the same gate as a connection would, without one; for tests.
public final class InProcessChannel: RPCChannel {
    let core: ServerCore
    private let peer: PeerIdentity
    private let ids: [String: UInt32]
    private let waitUntil: @Sendable (ContinuousClock.Instant) async throws -> Void

    /// - Parameters:
    ///   - peer: Who the calls come from.
    ///   - waitUntil: Returns when a deadline has passed; another than the clock lets a test say when that is.
    public init(
        services: [any RPCService], from peer: PeerIdentity, delegation: (any DelegationVerifier)? = nil,
        interceptors: [any ServerInterceptor] = [], observer: (any CallObserver)? = nil,
        onRefusal: @escaping @Sendable (CallRefusal) -> Void = { _ in },
        waitUntil: @escaping @Sendable (ContinuousClock.Instant) async throws -> Void = { try await Task.sleep(until: $0, clock: .continuous) }
    ) {
        self.waitUntil = waitUntil
        core = ServerCore(
            services: services, gate: CallGate(delegation: delegation), admission: .unlimited, interceptors: interceptors, observer: observer,
            logger: Logger(label: "in-process") { _ in SwiftLogNoOpLogHandler() },
            onRefusal: onRefusal)
        self.peer = peer
        ids = Dictionary(uniqueKeysWithValues: core.names.map { ($0.value, $0.key) })
    }

    public func call(_ method: MethodDescriptor, payload: ByteBuffer, options: CallOptions) async throws(RPCError) -> ByteBuffer {
        try await answer(try admit(method, payload: payload, options: options), core).get()
    }

    func admit(_ method: MethodDescriptor, payload: ByteBuffer, options: CallOptions) throws(RPCError) -> ServerCore.Admissible {
        let now = ContinuousClock.now
        var request = RequestMetadata(options)
        request.timeout = options.effectiveDeadline(now: now) - now
        var metadata = ByteBuffer()
        request.write(into: &metadata)
        switch core.check(methodID: ids[method.name] ?? 0, metadata: metadata, payload: payload, from: peer, receivedAt: now) {
        case .run(let call): return call
        case .refuse(let error, let received):
            core.ended(received, .failure(error))
            throw error
        }
    }

    /// Runs the handler until it returns or its deadline passes.
    func answer(_ call: ServerCore.Admissible, _ core: ServerCore) async -> Result<ByteBuffer, RPCError> {
        let answer = await withTaskGroup(of: Result<ByteBuffer, RPCError>.self) { group in
            group.addTask { await core.run(call, answerBytesMax: FrameLimits.standard.messageBytesMax) }
            group.addTask {
                do { try await self.waitUntil(call.context.deadline) } catch { return .failure(.cancelled) }
                return .failure(.deadlineExceeded)
            }
            let first = await group.next()
            group.cancelAll()
            return first ?? .failure(.internalError)
        }
        core.ended(call.received, answer)
        return answer
    }
}
