package import NIOCore

/// The 16 bytes, big-endian, before every frame:
///
///     u32 length | u8 type | u8 flags | u16 metadata length | u32 stream id | u32 method id or status
///
/// `length` counts what follows the header: metadata, then payload.
package struct FrameHeader: Hashable, Sendable {
    package static let size = 16

    package var length: UInt32
    package var type: FrameType
    package var flags: FrameFlags
    package var metadataLength: UInt16
    package var streamID: UInt32
    package var code: UInt32

    package init(
        length: UInt32, type: FrameType, flags: FrameFlags = [], metadataLength: UInt16 = 0, streamID: UInt32, code: UInt32 = 0
    ) {
        self.length = length
        self.type = type
        self.flags = flags
        self.metadataLength = metadataLength
        self.streamID = streamID
        self.code = code
    }

    package func write(into buffer: inout ByteBuffer) {
        buffer.writeMultipleIntegers(length, type.rawValue, flags.rawValue, metadataLength, streamID, code)
    }

    /// Nil where fewer than 16 bytes are there. Everything that can be judged by the header alone is judged here, so that
    /// nothing is buffered for a frame that will be refused.
    package static func peek(_ buffer: ByteBuffer, limits: FrameLimits) throws(FrameError) -> FrameHeader? {
        guard
            let (length, typeByte, flagBits, metadataLength, streamID, code) = buffer.peekMultipleIntegers(
                as: (UInt32, UInt8, UInt8, UInt16, UInt32, UInt32).self)
        else { return nil }
        guard let type = FrameType(rawValue: typeByte) else { throw .unknownType(typeByte) }
        let flags = FrameFlags(rawValue: flagBits)
        guard flags.subtracting(.known).isEmpty else { throw .unknownFlags(flagBits) }
        guard metadataLength <= length else { throw .metadataBeyondFrame }
        guard metadataLength <= limits.metadataBytesMax else { throw .metadataTooLong(Int(metadataLength)) }
        guard Int(length) - Int(metadataLength) <= limits.payloadMax(of: type) else { throw .tooLong(Int(length)) }
        guard type == .goAway || type.concernsStream == (streamID != 0) else { throw .wrongStream(type, streamID) }
        return FrameHeader(
            length: length, type: type, flags: flags, metadataLength: metadataLength, streamID: streamID, code: code)
    }
}

extension ByteBuffer {
    /// The integers at the reader index, which does not move.
    fileprivate func peekMultipleIntegers(
        as _: (UInt32, UInt8, UInt8, UInt16, UInt32, UInt32).Type
    ) -> (UInt32, UInt8, UInt8, UInt16, UInt32, UInt32)? {
        var copy = self
        return copy.readMultipleIntegers(as: (UInt32, UInt8, UInt8, UInt16, UInt32, UInt32).self)
    }
}
