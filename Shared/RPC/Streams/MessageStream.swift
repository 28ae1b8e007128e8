internal import NIOConcurrencyHelpers
public import NIOCore

/// One end of a call of several messages, which are encoded. One task reads it, one task writes it.
///
/// Sending waits for the receiver's window: who reads slowly slows the sender down, and nothing piles up in between.
public final class MessageStream: Sendable {
    /// What carries the messages: a stream of a connection, or the other end in the same process.
    struct Transport: Sendable {
        /// Gives nil when the message has been handed on.
        var send: @Sendable (ByteBuffer, OneShot<RPCError?>) -> Void
        var finish: @Sendable () -> Void
        /// A message that held so much of the window was read.
        var read: @Sendable (Int) -> Void
        var cancel: @Sendable () -> Void
    }

    fileprivate typealias Reader = OneShot<Result<ByteBuffer?, RPCError>>

    fileprivate struct Waiting {
        var message: ByteBuffer
        var held: Int
    }

    fileprivate struct State {
        var transport: Transport?
        var waiting: [Waiting] = []
        var waitingStart = 0
        /// The peer sends no more. Messages that came before are still read.
        var isPeerDone = false
        /// The call has ended; nil in it where it ended well.
        var end: RPCError??
        var reader: Reader?
    }

    private let state: NIOLockedValueBox<State>

    init(transport: Transport? = nil) { state = NIOLockedValueBox(State(transport: transport)) }

    func bind(_ transport: Transport) { state.withLockedValue { $0.transport = transport } }

    // MARK: Writing

    /// Returns when the message is on its way.
    public func send(_ message: ByteBuffer) async throws(RPCError) {
        let (transport, end) = state.withLockedValue { ($0.transport, $0.end) }
        guard let transport, end == nil else { throw end.flatMap(\.self) ?? .streamEnded }
        let taken = OneShot<RPCError?>()
        let failure = await withTaskCancellationHandler {
            transport.send(message, taken)
            return await taken.value()
        } onCancel: {
            if taken.give(.cancelled) { transport.cancel() }
        }
        if let failure { throw failure }
    }

    /// Nothing more will be sent from this end.
    public func finish() {
        let (transport, end) = state.withLockedValue { ($0.transport, $0.end) }
        if end == nil { transport?.finish() }
    }

    // MARK: Reading

    /// The next message; nil where the peer has sent its last one and all is well.
    public func next() async throws(RPCError) -> ByteBuffer? {
        let reader = Reader()
        let answer = await withTaskCancellationHandler {
            register(reader)
            return await reader.value()
        } onCancel: {
            if reader.give(.failure(.cancelled)) { cancel() }
        }
        return try answer.get()
    }

    private func register(_ reader: Reader) {
        let (answer, held, transport) = state.withLockedValue { state -> (Result<ByteBuffer?, RPCError>?, Int, Transport?) in
            if state.waitingStart < state.waiting.count {
                let next = state.takeFirst()
                return (.success(next.message), next.held, state.transport)
            }
            if let answer = state.answerAtEnd { return (answer, 0, nil) }
            precondition(state.reader == nil, "a stream has one reader")
            state.reader = reader
            return (nil, 0, nil)
        }
        guard let answer else { return }
        reader.give(answer)
        transport?.read(held)
    }

    // MARK: What the transport tells

    func deliver(_ message: ByteBuffer, held: Int) {
        let (reader, transport) = state.withLockedValue { state -> (Reader?, Transport?) in
            guard state.end == nil else { return (nil, nil) }
            guard let reader = state.reader else {
                state.waiting.append(Waiting(message: message, held: held))
                return (nil, nil)
            }
            state.reader = nil
            return (reader, state.transport)
        }
        reader?.give(.success(message))
        transport?.read(held)
    }

    /// The peer has no further messages.
    func peerIsDone() {
        let reader = state.withLockedValue { state -> Reader? in
            state.isPeerDone = true
            return state.takeReaderIfEmpty()
        }
        reader?.give(.success(nil))
    }

    /// The call has ended. What came before a good end is still read; after a failure nothing is.
    func end(_ error: RPCError?) {
        let reader = state.withLockedValue { state -> Reader? in
            guard state.end == nil else { return nil }
            state.end = .some(error)
            state.isPeerDone = true
            if error != nil {
                state.waiting = []
                state.waitingStart = 0
            }
            return state.takeReaderIfEmpty()
        }
        if let error { reader?.give(.failure(error)) } else { reader?.give(.success(nil)) }
    }

    /// Gives the call up where it has not ended.
    public func cancel() {
        let (transport, end) = state.withLockedValue { ($0.transport, $0.end) }
        if end == nil { transport?.cancel() }
    }
}

extension MessageStream.State {
    mutating func takeFirst() -> MessageStream.Waiting {
        defer {
            waitingStart += 1
            if waitingStart == waiting.count {
                waiting.removeAll(keepingCapacity: true)
                waitingStart = 0
            }
        }
        return waiting[waitingStart]
    }

    /// What a reader hears where nothing waits; nil where more may come.
    var answerAtEnd: Result<ByteBuffer?, RPCError>? {
        if case .some(.some(let error)) = end { return .failure(error) }
        return isPeerDone ? .success(nil) : nil
    }

    mutating func takeReaderIfEmpty() -> MessageStream.Reader? {
        guard waitingStart == waiting.count else { return nil }
        defer { reader = nil }
        return reader
    }
}

extension RPCError {
    static let sendInProgress = RPCError(
        .failedPrecondition, reason: "SEND_IN_PROGRESS", message: "the message before is not on its way yet; one task may write a stream")
    static let streamEnded = RPCError(.cancelled, reason: "STREAM_ENDED", message: "the call has ended; nothing more can be sent")
}
