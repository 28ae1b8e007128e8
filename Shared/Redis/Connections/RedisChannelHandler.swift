internal import NIOCore

/// Writes commands and gives each reply to the one who waits longest. Runs on its channel's event loop.
final class RedisChannelHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = RedisRequest
    typealias OutboundOut = ByteBuffer

    private struct Pending {
        let reply: EventLoopPromise<RedisValue>
        let deadline: NIODeadline
    }

    private let reader: RedisReplyReader
    private let maximumPending: Int
    private var pending = CircularBuffer<Pending>()
    private var failure: RedisError?
    private var timer: Scheduled<Void>?

    init(reader: RedisReplyReader, maximumPending: Int) {
        self.reader = reader
        self.maximumPending = maximumPending
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let request = unwrapOutboundIn(data)
        if let failure = refusal {
            request.reply.fail(failure)
            promise?.fail(failure)
            return
        }
        pending.append(Pending(reply: request.reply, deadline: .now() + TimeAmount(request.timeout)))
        startTimer(context)
        context.write(wrapOutboundOut(ByteBuffer(bytes: request.command.bytes)), promise: promise)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let buffer = unwrapInboundIn(data)
        do throws(RedisError) {
            try buffer.withUnsafeReadableBytes { bytes throws(RedisError) in try reader.feed(bytes) }
            while let value = try reader.next() { try deliver(value) }
        } catch { fail(error, context) }
    }

    func channelInactive(context: ChannelHandlerContext) {
        fail(.unavailable("the connection was closed"), context)
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { fail(.unavailable("\(error)"), context) }

    private var refusal: RedisError? {
        if let failure { return failure }
        return pending.count < maximumPending ? nil : .unavailable("too many commands await their reply")
    }

    private func deliver(_ value: RedisValue) throws(RedisError) {
        guard let first = pending.popFirst() else { throw .protocolViolation("a reply that nobody asked for") }
        if case .error(let message) = value { first.reply.fail(RedisError.server(message)) } else { first.reply.succeed(value) }
    }

    private func fail(_ error: RedisError, _ context: ChannelHandlerContext) {
        if failure == nil { failure = error }
        timer?.cancel()
        timer = nil
        // Taken away first: who is told may write again.
        let failed = pending
        pending.removeAll()
        for item in failed { item.reply.fail(error) }
        context.close(promise: nil)
    }

    /// Replies come in order, so a late one holds up all others: the connection is given up.
    private func startTimer(_ context: ChannelHandlerContext) {
        guard timer == nil, let first = pending.first else { return }
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        timer = context.eventLoop.scheduleTask(deadline: first.deadline) {
            let (handler, context) = bound.value
            handler.timerFired(context)
        }
    }

    private func timerFired(_ context: ChannelHandlerContext) {
        timer = nil
        if let first = pending.first, first.deadline <= .now() { fail(.timeout, context) } else { startTimer(context) }
    }
}
