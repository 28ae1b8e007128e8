/// Reads forward through bytes that may end anywhere.
///
/// SAFETY: `next` never passes `end`, and every read is of bytes between them; both point into a buffer that the caller of the
/// pre-scan holds for its duration.
struct WireCursor {
    private(set) var next: UnsafeRawPointer
    private let end: UnsafeRawPointer

    init(_ start: UnsafeRawPointer, count: Int) {
        next = start
        end = start + count
    }

    var isAtEnd: Bool { next == end }
    var left: Int { end - next }

    /// Nil where the bytes end within it, or where it is longer than `widthMax` bytes: no message has longer ones.
    @inline(__always)
    mutating func varint(widthMax: Int = 10) -> UInt64? {
        guard next < end else { return nil }
        let first = next.load(as: UInt8.self)
        if first < 0x80 {
            next += 1
            return UInt64(first)
        }
        return longVarint(widthMax: widthMax)
    }

    private mutating func longVarint(widthMax: Int) -> UInt64? {
        var value: UInt64 = 0
        for index in 0..<min(widthMax, left) {
            let byte = next.load(fromByteOffset: index, as: UInt8.self)
            value |= UInt64(byte & 0x7F) << (7 * UInt64(index))
            if byte < 0x80 {
                next += index + 1
                return value
            }
        }
        return nil
    }

    @inline(__always)
    mutating func skip(_ count: UInt64) -> Bool {
        guard count <= UInt64(left) else { return false }
        next += Int(count)
        return true
    }
}
