package import NIOCore

package struct Frame: Hashable, Sendable {
    package var header: FrameHeader
    package var metadata: ByteBuffer
    package var payload: ByteBuffer

    package init(header: FrameHeader, metadata: ByteBuffer = ByteBuffer(), payload: ByteBuffer = ByteBuffer()) {
        self.header = header
        self.metadata = metadata
        self.payload = payload
    }
}

/// Cuts a byte stream into frames. It never holds more than one incomplete frame, whose length has been checked.
package struct FrameDecoder: Sendable {
    private let limits: FrameLimits
    private var buffered = ByteBuffer()

    package init(limits: FrameLimits) { self.limits = limits }

    package mutating func append(_ bytes: ByteBuffer) {
        // Most reads begin and end with a frame: then the bytes are taken over instead of copied.
        if buffered.readableBytes == 0 {
            buffered = bytes
        } else {
            buffered.discardReadBytes()
            var bytes = bytes
            buffered.writeBuffer(&bytes)
        }
    }

    /// Nil until a whole frame is there.
    package mutating func next() throws(FrameError) -> Frame? {
        guard let header = try FrameHeader.peek(buffered, limits: limits) else { return nil }
        let metadataLength = Int(header.metadataLength)
        let payloadLength = Int(header.length) - metadataLength
        guard buffered.readableBytes >= FrameHeader.size + Int(header.length) else { return nil }
        buffered.moveReaderIndex(forwardBy: FrameHeader.size)
        guard let metadata = buffered.readSlice(length: metadataLength), let payload = buffered.readSlice(length: payloadLength)
        else { return nil }
        return Frame(header: header, metadata: metadata, payload: payload)
    }

    package var bufferedBytes: Int { buffered.readableBytes }
}
