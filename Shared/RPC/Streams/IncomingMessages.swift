internal import NIOCore

/// One direction of a stream as its receiver sees it: fragments in, whole messages out. Pure.
///
/// It holds at most a window of whole messages that nobody has read, and one message that is not whole: the parts of a message
/// are granted anew at once while its reader waits for it, and only after the reading of the others where there are any.
struct IncomingMessages: Sendable {
    enum Taken: Equatable {
        /// The message is not whole yet.
        case part(grant: UInt32?)
        /// To be handed to ``read(_:)``'s caller with the bytes that it holds of the window.
        case message(ByteBuffer, held: Int)
        case nothing
    }

    private let bytesMax: Int
    private var window = ReceiveWindow()
    private var assembling: ByteBuffer?
    private var unread = 0
    private var withheld = 0

    init(bytesMax: Int) { self.bytesMax = bytesMax }

    /// Of the message that is not whole.
    var assemblingBytes: Int { assembling?.readableBytes ?? 0 }

    mutating func take(_ payload: ByteBuffer, _ flags: FrameFlags) throws(FrameError) -> Taken {
        if flags.contains(.bare) {
            guard payload.readableBytes == 0, assembling == nil, !flags.contains(.more) else { throw .malformedMessage }
            return .nothing
        }
        try window.receive(payload.readableBytes)
        guard assemblingBytes + payload.readableBytes <= bytesMax else { throw .messageTooLong }
        if flags.contains(.more) {
            // An endless row of empty parts would cost its sender nothing.
            guard payload.readableBytes > 0 else { throw .malformedMessage }
            return .part(grant: hold(payload))
        }
        unread += 1
        guard var whole = assembling else { return .message(payload, held: payload.readableBytes) }
        // So that there is one reference to it, and nothing is copied.
        assembling = nil
        let held = payload.readableBytes
        var payload = payload
        whole.writeBuffer(&payload)
        return .message(whole, held: held)
    }

    private mutating func hold(_ payload: ByteBuffer) -> UInt32? {
        var payload = payload
        let count = payload.readableBytes
        assembling.setOrWriteBuffer(&payload)
        guard unread == 0 else {
            withheld += count
            return nil
        }
        return window.release(count)
    }

    /// Somebody has taken a message that held so much. The result is the grant to send.
    mutating func read(_ held: Int) -> UInt32? {
        unread -= 1
        assert(unread >= 0, "a message is read once")
        guard unread == 0 else { return window.release(held) }
        defer { withheld = 0 }
        return window.release(held + withheld)
    }
}
