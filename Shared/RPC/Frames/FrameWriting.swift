package import NIOCore

extension ByteBuffer {
    /// Appends a frame; `metadata` is written in place and its length filled in afterwards.
    package mutating func writeFrame(
        _ type: FrameType, flags: FrameFlags = [], streamID: UInt32, code: UInt32 = 0, payload: ByteBuffer = ByteBuffer(),
        metadata: (inout ByteBuffer) -> Void = { _ in }
    ) {
        writeFrameHead(
            type, flags: flags, streamID: streamID, code: code, payloadLength: payload.readableBytes, metadata: metadata)
        var payload = payload
        writeBuffer(&payload)
    }

    /// Appends all of a frame but its payload, which the caller writes next.
    package mutating func writeFrameHead(
        _ type: FrameType, flags: FrameFlags = [], streamID: UInt32, code: UInt32 = 0, payloadLength: Int,
        metadata: (inout ByteBuffer) -> Void = { _ in }
    ) {
        let start = writerIndex
        moveWriterIndexReservingHeader()
        metadata(&self)
        let metadataLength = writerIndex - start - FrameHeader.size
        precondition(metadataLength <= Int(UInt16.max), "metadata is checked before it is written")
        let length = metadataLength + payloadLength
        let header = FrameHeader(
            length: UInt32(length), type: type, flags: flags, metadataLength: UInt16(metadataLength), streamID: streamID, code: code)
        let end = writerIndex
        moveWriterIndex(to: start)
        header.write(into: &self)
        moveWriterIndex(to: end)
    }

    private mutating func moveWriterIndexReservingHeader() {
        writeMultipleIntegers(UInt64(0), UInt64(0))
    }
}
