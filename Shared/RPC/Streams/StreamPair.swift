internal import NIOConcurrencyHelpers
internal import NIOCore

/// Two ends of a call in one process. A sender waits until its message before the last has been read.
struct StreamPair {
    let client: MessageStream
    let server: MessageStream
    private let toServer: Handover
    private let toClient: Handover

    /// - Parameter onCancel: The client no longer wants the call.
    init(request: ByteBuffer?, onCancel: @escaping @Sendable () -> Void) {
        let client = MessageStream()
        let server = MessageStream()
        let toServer = Handover(receiver: server)
        let toClient = Handover(receiver: client)
        client.bind(
            MessageStream.Transport(
                send: { toServer.send($0, $1) }, finish: { server.peerIsDone() }, read: { _ in toClient.wasRead() },
                cancel: onCancel))
        server.bind(
            MessageStream.Transport(send: { toClient.send($0, $1) }, finish: {}, read: { _ in toServer.wasRead() }, cancel: {}))
        if let request {
            server.deliver(request, held: request.readableBytes)
            server.peerIsDone()
        }
        (self.client, self.server, self.toServer, self.toClient) = (client, server, toServer, toClient)
    }

    /// Nil where the call ended well.
    func end(_ error: RPCError?) {
        client.end(error)
        server.end(error ?? .streamEnded)
        toServer.end()
        toClient.end()
    }

    /// One direction. One message may wait to be read, so that an answer can be left for a client that is still writing.
    private final class Handover: Sendable {
        private struct Waiting {
            var message: ByteBuffer
            var taken: OneShot<RPCError?>
        }

        private enum State {
            case idle
            /// A message is unread; perhaps the next one waits behind it.
            case unread(then: Waiting?)
            case ended
        }

        private let receiver: MessageStream
        private let state = NIOLockedValueBox(State.idle)

        init(receiver: MessageStream) { self.receiver = receiver }

        func send(_ message: ByteBuffer, _ taken: OneShot<RPCError?>) {
            let wasIdle = state.withLockedValue { state -> Bool? in
                switch state {
                case .idle:
                    state = .unread(then: nil)
                    return true
                case .unread:
                    state = .unread(then: Waiting(message: message, taken: taken))
                    return false
                case .ended: return nil
                }
            }
            switch wasIdle {
            case true: pass(Waiting(message: message, taken: taken))
            case false: break
            case nil: taken.give(.streamEnded)
            }
        }

        private func pass(_ waiting: Waiting) {
            receiver.deliver(waiting.message, held: waiting.message.readableBytes)
            waiting.taken.give(nil)
        }

        func wasRead() {
            let next = state.withLockedValue { state -> Waiting? in
                guard case .unread(let next) = state else { return nil }
                state = next == nil ? .idle : .unread(then: nil)
                return next
            }
            if let next { pass(next) }
        }

        func end() {
            let waiting = state.withLockedValue { state -> Waiting? in
                defer { state = .ended }
                guard case .unread(let next) = state else { return nil }
                return next
            }
            waiting?.taken.give(.streamEnded)
        }
    }
}
