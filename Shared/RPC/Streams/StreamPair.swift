internal import NIOCore

/// Two ends of a call in one process. What was sent counts as unsent until it is read, so that a slow reader holds the writer back.
struct StreamPair {
    let client: MessageStream
    let server: MessageStream

    /// - Parameter onCancel: The client no longer wants the call.
    init(request: ByteBuffer?, onCancel: @escaping @Sendable () -> Void) {
        let client = MessageStream()
        let server = MessageStream()
        let hasRequest = request != nil
        client.bind(
            MessageStream.Transport(
                messageBytesMax: FrameLimits.standard.messageBytesMax,
                send: { server.deliver($0, held: $0.readableBytes) }, finish: { server.peerIsDone() }, read: { server.sent($0) },
                cancel: onCancel))
        server.bind(
            MessageStream.Transport(
                messageBytesMax: FrameLimits.standard.messageBytesMax,
                send: { client.deliver($0, held: $0.readableBytes) }, finish: {},
                read: { [hasRequest] in
                    // The request came with the call; nobody sent it through the stream.
                    if !hasRequest { client.sent($0) }
                }, cancel: {}))
        if let request {
            server.deliver(request, held: request.readableBytes)
            server.peerIsDone()
        }
        (self.client, self.server) = (client, server)
    }

    /// Nil where the call ended well.
    func end(_ error: RPCError?) {
        client.end(error)
        server.end(error ?? .streamEnded)
    }
}
