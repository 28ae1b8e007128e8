package import NIOCore

/// What travels with a response that is not OK.
package struct ResponseMetadata: Hashable, Sendable {
    package var reason = ""
    package var message = ""
    package var details: [String: String] = [:]
    package var retryAfter: Duration?

    package init() {}

    private enum Key {
        static let reason: UInt8 = 16
        static let message: UInt8 = 17
        /// `u8 length | name | value`; once per detail.
        static let detail: UInt8 = 18
        static let retryAfter: UInt8 = 19
    }

    private static let detailsMax = 32
    private static let textBytesMax = 1024

    package init(_ error: RPCError) {
        reason = error.reason
        message = error.message
        details = error.details
        retryAfter = error.retryAfter
    }

    /// Cuts what would not fit: an error must always be able to reach its caller.
    package func write(into buffer: inout ByteBuffer) {
        buffer.writeField(Key.reason, reason.cut(128))
        buffer.writeField(Key.message, message.cut(Self.textBytesMax))
        let sorted = details.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
        var room = 8 << 10
        for (name, value) in sorted.prefix(Self.detailsMax) {
            let name = Array(name.cut(64).utf8)
            let bytes = [UInt8(name.count)] + name + Array(value.cut(Self.textBytesMax).utf8)
            room -= bytes.count
            guard room >= 0 else { break }
            buffer.writeField(Key.detail, bytes: bytes)
        }
        if let retryAfter { buffer.writeField(Key.retryAfter, integer: retryAfter.wholeMicroseconds) }
    }

    package init(reading buffer: ByteBuffer) throws(FrameError) {
        var reader = TaggedFieldReader(buffer)
        while let (key, value) = try reader.next() {
            switch key {
            case Key.reason: reason = try value.cleanText()
            case Key.message: message = try value.cleanText()
            case Key.detail:
                var value = value
                guard let length = value.readInteger(as: UInt8.self), let name = value.readSlice(length: Int(length)),
                    details.count < Self.detailsMax
                else { throw .malformedMetadata }
                details[try name.cleanText()] = try value.cleanText()
            case Key.retryAfter: retryAfter = .microseconds(Int64(clamping: try value.wholeInteger(UInt64.self)))
            default: break
            }
        }
    }

    func error(_ code: StatusCode) -> RPCError {
        RPCError(code, reason: reason, message: message, details: details, retryAfter: retryAfter)
    }
}

extension String {
    /// At most so many bytes of UTF-8, ending with a whole character, and without NUL.
    func cut(_ bytesMax: Int) -> String {
        let clean = utf8.contains(0) ? String(unicodeScalars.filter { $0.value != 0 }.map(Character.init)) : self
        guard clean.utf8.count > bytesMax else { return clean }
        var end = clean.utf8.index(clean.utf8.startIndex, offsetBy: bytesMax)
        while end > clean.startIndex, end.samePosition(in: clean.unicodeScalars) == nil { end = clean.utf8.index(before: end) }
        return String(clean[..<end])
    }
}
