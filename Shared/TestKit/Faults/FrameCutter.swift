internal import NIOCore
internal import RPC

/// Cuts a direction of a connection into whole frames without judging them. What is not whole yet waits.
struct FrameCutter {
    private var buffered = ByteBuffer()

    mutating func append(_ bytes: ByteBuffer) {
        buffered.discardReadBytes()
        buffered.writeImmutableBuffer(bytes)
    }

    mutating func next() -> ByteBuffer? {
        guard let length = buffered.getInteger(at: buffered.readerIndex, as: UInt32.self) else { return nil }
        return buffered.readSlice(length: FrameHeader.size + Int(length))
    }
}
