internal import NIOCore
internal import WireRuntime

/// The codec of metadata and hello: `u8 key | u16 length | bytes`, repeated. Unknown keys are skipped, so that a newer
/// peer may say more.
struct TaggedFieldReader {
    private var buffer: ByteBuffer

    init(_ buffer: ByteBuffer) { self.buffer = buffer }

    mutating func next() throws(FrameError) -> (key: UInt8, value: ByteBuffer)? {
        guard buffer.readableBytes > 0 else { return nil }
        guard let (key, length) = buffer.readMultipleIntegers(as: (UInt8, UInt16).self),
            let value = buffer.readSlice(length: Int(length))
        else { throw .malformedMetadata }
        return (key, value)
    }
}

extension ByteBuffer {
    mutating func writeField(_ key: UInt8, _ text: String) {
        writeMultipleIntegers(key, UInt16(clamping: text.utf8.count))
        writeString(text)
    }

    mutating func writeField(_ key: UInt8, bytes: [UInt8]) {
        writeMultipleIntegers(key, UInt16(clamping: bytes.count))
        writeBytes(bytes)
    }

    mutating func writeField(_ key: UInt8, integer: some FixedWidthInteger) {
        writeMultipleIntegers(key, UInt16(integer.bitWidth / 8))
        writeInteger(integer)
    }

    /// The whole buffer as text, refused where it is not UTF-8 or has a NUL.
    func cleanText() throws(FrameError) -> String {
        guard withUnsafeReadableBytes({ UTF8Check($0) }) == .clean else { throw .malformedMetadata }
        return String(buffer: self)
    }

    /// The whole buffer as one integer of exactly that width.
    func wholeInteger<T: FixedWidthInteger>(_: T.Type) throws(FrameError) -> T {
        guard readableBytes == MemoryLayout<T>.size, let value = getInteger(at: readerIndex, as: T.self) else {
            throw .malformedMetadata
        }
        return value
    }
}
