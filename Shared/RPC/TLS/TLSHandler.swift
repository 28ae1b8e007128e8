public import NIOCore

/// Told to the handlers after ``TLSHandler`` once the peer has proved who it is.
public struct TLSHandshakeCompleted: Sendable {
    /// Nil for a peer outside the mesh.
    public let peer: PeerIdentity?
}

/// TLS 1.3 as a channel handler.
///
/// Everything written in one tick is encrypted together when it is flushed. Writability and reads pass through, so that
/// back-pressure works as if there was no TLS.
public final class TLSHandler: ChannelDuplexHandler {
    public typealias InboundIn = ByteBuffer
    public typealias InboundOut = ByteBuffer
    public typealias OutboundIn = ByteBuffer
    public typealias OutboundOut = ByteBuffer

    private enum Phase {
        case handshaking
        case open
        /// Failed, with an alert on its way.
        case refusing
        case closed
    }

    /// How long a peer may take to end a connection that was refused.
    private static let refusalTime = TimeAmount.seconds(1)

    private let connection: TLSConnection
    private var phase = Phase.handshaking
    private var waiting = MarkedCircularBuffer<(ByteBuffer, EventLoopPromise<Void>?)>(initialCapacity: 16)
    private var hasDelivered = false
    /// Memory that is used again where nobody holds on to what it held before.
    private var plaintext = ByteBuffer()
    private var joined = ByteBuffer()
    private var refusalTimer: Scheduled<Void>?

    public init(context: TLSContext, expecting: PeerExpectation) throws(TLSError) {
        connection = try TLSConnection(context: context, expecting: expecting)
    }

    // MARK: Beginning and end

    public func handlerAdded(context: ChannelHandlerContext) {
        if context.channel.isActive { shakeHands(context) }
    }

    public func channelActive(context: ChannelHandlerContext) {
        shakeHands(context)
        context.fireChannelActive()
    }

    public func channelInactive(context: ChannelHandlerContext) {
        switch phase {
        case .open: fail(context, .truncated)
        case .handshaking: fail(context, .handshake("the connection ended before it was done"))
        case .refusing, .closed: break
        }
        refusalTimer?.cancel()
        context.fireChannelInactive()
    }

    public func handlerRemoved(context: ChannelHandlerContext) {
        phase = .closed
        refusalTimer?.cancel()
        failWaiting(.closed)
    }

    public func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        guard mode == .all else {
            context.close(mode: mode, promise: promise)
            return
        }
        if phase == .refusing, context.channel.isActive {
            if let promise { context.channel.closeFuture.cascade(to: promise) }
            return
        }
        if phase == .open {
            encryptWaiting(context)
            connection.close()
            sendOutput(context)
        }
        phase = .closed
        failWaiting(.closed)
        context.close(promise: promise)
    }

    // MARK: From the network

    public func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard phase == .handshaking || phase == .open else { return }
        let ciphertext = unwrapInboundIn(data)
        connection.feed(ciphertext)
        if phase == .handshaking { shakeHands(context) }
        if phase == .open { deliver(context, ciphertextBytes: ciphertext.readableBytes) }
    }

    public func channelReadComplete(context: ChannelHandlerContext) {
        // A record that is not complete yet delivers nothing; whoever reads on demand would wait forever.
        // What comes after a refusal is read to be thrown away.
        if !hasDelivered, phase != .closed { context.read() }
        hasDelivered = false
        context.fireChannelReadComplete()
    }

    private func shakeHands(_ context: ChannelHandlerContext) {
        guard phase == .handshaking else { return }
        let progress = connection.handshake()
        // An alert must reach the peer before the connection ends.
        sendOutput(context)
        switch progress {
        case .needsInput: break
        case .closed: fail(context, .handshake("the peer closed"))
        case .failed(let error): fail(context, error)
        case .done:
            phase = .open
            context.fireUserInboundEventTriggered(TLSHandshakeCompleted(peer: connection.peer))
            encryptWaiting(context)
        }
    }

    private func deliver(_ context: ChannelHandlerContext, ciphertextBytes: Int) {
        // Decrypting never makes more of it; the rest is room for the read that finds nothing.
        let room = ciphertextBytes + (1 << 10)
        // After much at once, the memory is not kept for little.
        if plaintext.storageCapacity > Self.keptBytesMax, room < plaintext.storageCapacity / 4 { plaintext = ByteBuffer() }
        plaintext.clear(minimumCapacity: room)
        let progress = connection.read(into: &plaintext)
        if plaintext.readableBytes > 0 {
            hasDelivered = true
            context.fireChannelRead(wrapInboundOut(plaintext))
        }
        switch progress {
        case .done, .needsInput:
            // Reading may have produced an answer of the protocol (a key update).
            sendOutput(context)
        case .closed:
            close(context: context, mode: .all, promise: nil)
        case .failed(let error):
            sendOutput(context)
            fail(context, error)
        }
    }

    // MARK: To the network

    public func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard phase == .handshaking || phase == .open else {
            promise?.fail(TLSError.closed)
            return
        }
        waiting.append((unwrapOutboundIn(data), promise))
    }

    public func flush(context: ChannelHandlerContext) {
        waiting.mark()
        if phase == .open { encryptWaiting(context) }
        context.flush()
    }

    private func encryptWaiting(_ context: ChannelHandlerContext) {
        var promises: [EventLoopPromise<Void>] = []
        while phase == .open, waiting.hasMark {
            let bytes = nextWaiting(&promises)
            if let error = encrypt(bytes, context) {
                fail(context, error)
                for promise in promises { promise.fail(error) }
                return
            }
        }
        let written = promises.isEmpty ? nil : context.eventLoop.makePromise(of: Void.self)
        for promise in promises { written?.futureResult.cascade(to: promise) }
        sendOutput(context, promise: written)
    }

    /// Small neighbours share a record: each costs as much as a kilobyte.
    private func nextWaiting(_ promises: inout [EventLoopPromise<Void>]) -> ByteBuffer {
        func removeFirst() -> ByteBuffer {
            let (bytes, promise) = waiting.removeFirst()
            if let promise { promises.append(promise) }
            return bytes
        }
        let first = removeFirst()
        guard waiting.hasMark, first.readableBytes <= Self.joinedBytesMax else { return first }
        joined.clear(minimumCapacity: TLSConnection.recordBytesMax)
        joined.writeImmutableBuffer(first)
        while waiting.hasMark, let (next, _) = waiting.first, joined.readableBytes + next.readableBytes <= TLSConnection.recordBytesMax {
            joined.writeImmutableBuffer(removeFirst())
        }
        return joined
    }

    /// In pieces, each of which goes on before the next: memory of a moderate size is used again, and a large one would be new each time.
    private func encrypt(_ bytes: ByteBuffer, _ context: ChannelHandlerContext) -> TLSError? {
        var rest = bytes
        while rest.readableBytes > 0, let piece = rest.readSlice(length: min(rest.readableBytes, Self.pieceBytes)) {
            if connection.outputBytes >= Self.pieceBytes, let output = connection.takeOutput() {
                context.write(wrapOutboundOut(output), promise: nil)
            }
            if case .failed(let error) = connection.write(piece) { return error }
        }
        return nil
    }

    private static let pieceBytes = 1 << 16
    private static let joinedBytesMax = 1 << 12
    private static let keptBytesMax = 1 << 14

    private func sendOutput(_ context: ChannelHandlerContext, promise: EventLoopPromise<Void>? = nil) {
        guard let output = connection.takeOutput() else {
            promise?.succeed()
            return
        }
        context.writeAndFlush(wrapOutboundOut(output), promise: promise)
    }

    private func fail(_ context: ChannelHandlerContext, _ error: TLSError) {
        guard phase == .handshaking || phase == .open else { return }
        failWaiting(error)
        guard context.channel.isActive else {
            phase = .closed
            context.fireErrorCaught(error)
            return
        }
        refuse(context)
        context.fireErrorCaught(error)
    }

    /// Whoever closes a socket while bytes of the peer are unread or on their way resets the connection, and the peer may never read why.
    /// So first this direction ends, behind the alert, and then the peer has a little time to end the other.
    private func refuse(_ context: ChannelHandlerContext) {
        phase = .refusing
        context.close(mode: .output, promise: nil)
        refusalTimer = context.eventLoop.assumeIsolated().scheduleTask(in: Self.refusalTime) { context.close(promise: nil) }
        context.read()
    }

    private func failWaiting(_ error: TLSError) {
        while let (_, promise) = waiting.popFirst() { promise?.fail(error) }
    }
}
