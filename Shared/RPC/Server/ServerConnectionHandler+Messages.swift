internal import NIOCore

/// Messages of several frames, and calls of several messages.
extension ServerConnectionHandler {
    /// From any thread.
    func transport(of stream: UInt32) -> MessageStream.Transport {
        let inbox = self.inbox
        return MessageStream.Transport(
            messageBytesMax: settings.limits.messageBytesMax,
            send: { message in inbox?.put(.send(stream: stream, message)) },
            finish: {},
            read: { held in inbox?.put(.read(stream: stream, held: held)) },
            cancel: {})
    }

    func received(_ stream: UInt32, _ received: ServerConnectionState.Received) {
        if let bytes = received.grant { outlet.write(.window, streamID: stream, code: bytes) }
        guard let messages = calls[stream]?.messages else { return }
        if let message = received.message { messages.deliver(message, held: received.held) }
        if received.isLast { messages.peerIsDone() }
    }

    func send(_ message: ByteBuffer, _ stream: UInt32) {
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
        case .finished(let stream): conclude(stream, outcome(of: stream))
        }
        return true
    }

    private func outcome(of stream: UInt32) -> Result<ByteBuffer, RPCError> {
        guard let call = calls[stream], case .returned(let result) = call.phase else { return .failure(.internalError) }
        return result
    }
}
