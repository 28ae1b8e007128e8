internal import NIOCore
public import WireRuntime

/// The messages of one direction of a call, decoded one by one as they are asked for. Read by one task, to its end.
public struct MessageReader<Message: WireMessage>: AsyncSequence, Sendable {
    public typealias Element = Message
    public typealias Failure = RPCError

    let stream: MessageStream
    /// How a message that cannot be decoded is told, which differs by who sent it.
    let decode: @Sendable (ByteBuffer) throws(RPCError) -> Message

    public struct AsyncIterator: AsyncIteratorProtocol {
        let reader: MessageReader

        public func next(isolation actor: isolated (any Actor)?) async throws(RPCError) -> Message? { try await reader.next() }
        public func next() async throws(RPCError) -> Message? { try await reader.next() }
    }

    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(reader: self) }

    func next() async throws(RPCError) -> Message? {
        guard let payload = try await stream.next() else { return nil }
        return try decode(payload)
    }
}

/// Sends the messages of one direction of a call. Used by one task at a time.
public struct MessageWriter<Message: WireMessage>: Sendable {
    let stream: MessageStream

    /// Returns when the message is on its way: it waits where the receiver reads slowly.
    public func send(_ message: Message) async throws(RPCError) {
        var payload = ByteBuffer()
        message.encode(into: &payload)
        try await stream.send(payload)
    }

    /// Says that nothing more comes. A handler need not: its return says so.
    public func finish() { stream.finish() }
}
