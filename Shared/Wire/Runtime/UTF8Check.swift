/// Whether bytes may stand as a string on this wire: valid UTF-8 (RFC 3629: no overlong forms, no surrogates, nothing
/// above U+10FFFF) and free of NUL.
package enum UTF8Check: Equatable {
    case clean
    case nul
    case invalid

    package init(_ bytes: UnsafeRawBufferPointer) {
        var offset = 0
        let count = bytes.count
        while offset < count {
            if Self.isPlainASCII(Self.word(of: bytes, at: offset)) {
                offset += 8
                continue
            }
            let byte = bytes[offset]
            if byte == 0 {
                self = .nul
                return
            }
            guard let width = Self.width(of: bytes, at: offset) else {
                self = .invalid
                return
            }
            offset += width
        }
        self = .clean
    }

    /// The eight bytes from here on. Where fewer are left, the others are some of the bytes before them or repeat them: most strings
    /// are short and plain, and are judged by one such word or two.
    @inline(__always)
    private static func word(of bytes: UnsafeRawBufferPointer, at offset: Int) -> UInt64 {
        let count = bytes.count
        let left = count - offset
        if left >= 8 { return bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self) }
        if count >= 8 { return bytes.loadUnaligned(fromByteOffset: count - 8, as: UInt64.self) }
        if left >= 4 {
            let low = bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self)
            return UInt64(bytes.loadUnaligned(fromByteOffset: count - 4, as: UInt32.self)) << 32 | UInt64(low)
        }
        let middle = UInt64(bytes[offset + left / 2]) << 8 | UInt64(bytes[count - 1]) << 16
        return UInt64(bytes[offset]) | middle | 0x0101_0101_0100_0000
    }

    /// Eight bytes, none of them zero or above 0x7F.
    private static func isPlainASCII(_ word: UInt64) -> Bool {
        let high: UInt64 = 0x8080_8080_8080_8080
        return word & high == 0 && (word &- 0x0101_0101_0101_0101) & ~word & high == 0
    }

    /// Of the well-formed sequence that begins here (Unicode 15, table 3-7), or nil.
    private static func width(of bytes: UnsafeRawBufferPointer, at offset: Int) -> Int? {
        let lead = bytes[offset]
        let width: Int
        var second: ClosedRange<UInt8> = 0x80...0xBF
        switch lead {
        case 0x00...0x7F: return 1
        case 0xC2...0xDF: width = 2
        case 0xE0: (width, second) = (3, 0xA0...0xBF)
        case 0xED: (width, second) = (3, 0x80...0x9F)
        case 0xE1...0xEF: width = 3
        case 0xF0: (width, second) = (4, 0x90...0xBF)
        case 0xF1...0xF3: width = 4
        case 0xF4: (width, second) = (4, 0x80...0x8F)
        default: return nil
        }
        guard offset + width <= bytes.count, second.contains(bytes[offset + 1]) else { return nil }
        for index in 2..<max(2, width) where bytes[offset + index] & 0xC0 != 0x80 { return nil }
        return width
    }
}
