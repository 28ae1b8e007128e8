internal import NIOConcurrencyHelpers
public import NIOCore

/// One end of a call of several messages, which are encoded. One task reads it, one task writes it.
///
/// Sending waits for the receiver's window: who reads slowly slows the sender down, and nothing piles up in between.
public final class MessageStream: Sendable {
    /// What carries the messages: a stream of a connection, or the other end in the same process.
    struct Transport: Sendable {
        /// What a message may have.
        var messageBytesMax: Int
        /// Tells ``MessageStream/sent(_:)`` when the message has been handed on.
        var send: @Sendable (ByteBuffer) -> Void
        var finish: @Sendable () -> Void
        /// A message that held so much of the window was read.
        var read: @Sendable (Int) -> Void
        var cancel: @Sendable () -> Void
    }

    fileprivate typealias Reader = OneShot<Result<ByteBuffer?, RPCError>>
    fileprivate typealias Writer = OneShot<RPCError?>

    /// A writer waits while so much of what it sent is not handed on.
    static let unsentBytesMax = 64 << 10
    private static let unsentMessagesMax = 64

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
        var unsentBytes = 0
        var unsentMessages = 0
        var writer: Writer?
    }

    private let state: NIOLockedValueBox<State>

    init(transport: Transport? = nil) { state = NIOLockedValueBox(State(transport: transport)) }

    func bind(_ transport: Transport) { state.withLockedValue { $0.transport = transport } }

    // MARK: Writing

    /// Returns when there is room for a further message: a failure of this one shows at the next, or in the call's status.
    public func send(_ message: ByteBuffer) async throws(RPCError) {
        while true {
            let writer = Writer()
            switch try register(message, writer) {
            case .room(let transport):
                transport.send(message)
                return
            case .mustWait:
                let failure = await withTaskCancellationHandler {
                    await writer.value()
                } onCancel: {
                    if writer.give(.cancelled) { cancel() }
                }
                if let failure { throw failure }
            }
        }
    }

    private enum Turn {
        case room(Transport)
        case mustWait
    }

    private func register(_ message: ByteBuffer, _ writer: Writer) throws(RPCError) -> Turn {
        let turn = state.withLockedValue { state -> Result<Turn, RPCError> in
            if let end = state.end { return .failure(end ?? .streamEnded) }
            guard let transport = state.transport else { return .failure(.streamEnded) }
            guard message.readableBytes <= transport.messageBytesMax else {
                return .failure(.messageTooLarge(message.readableBytes, max: transport.messageBytesMax))
            }
            guard state.unsentBytes < Self.unsentBytesMax, state.unsentMessages < Self.unsentMessagesMax else {
                // A writer whose task was cancelled has been answered already.
                guard state.writer?.isGiven ?? true else { return .failure(.sendInProgress) }
                state.writer = writer
                return .success(.mustWait)
            }
            state.unsentBytes += message.readableBytes
            state.unsentMessages += 1
            return .success(.room(transport))
        }
        return try turn.get()
    }

    /// A message of so many bytes was handed on.
    func sent(_ bytes: Int) {
        let writer = state.withLockedValue { state in
            state.unsentBytes -= bytes
            state.unsentMessages -= 1
            defer { state.writer = nil }
            return state.writer
        }
        writer?.give(nil)
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

    /// The call has ended. What came before is still read, then the failure if it is one.
    func end(_ error: RPCError?) {
        let (reader, writer) = state.withLockedValue { state -> (Reader?, Writer?) in
            guard state.end == nil else { return (nil, nil) }
            state.end = .some(error)
            state.isPeerDone = true
            defer { state.writer = nil }
            return (state.takeReaderIfEmpty(), state.writer)
        }
        writer?.give(error ?? .streamEnded)
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
        .failedPrecondition, reason: "SEND_IN_PROGRESS", message: "another task is writing this stream; one may")
    static let streamEnded = RPCError(.cancelled, reason: "STREAM_ENDED", message: "the call has ended; nothing more can be sent")
}
