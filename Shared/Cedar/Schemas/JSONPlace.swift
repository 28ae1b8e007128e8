internal import JSON

/// Finds where a member of a JSON text stands. The text has been parsed, so that no more is looked at than the way takes.
enum JSONPlace {
    /// The offset of the value that the path leads to, or of the last value on the way that is there.
    static func offset(of path: [String], in bytes: [UInt8]) -> Int {
        var scanner = Scanner(bytes: bytes)
        scanner.skipSpace()
        for step in path {
            let start = scanner.offset
            guard scanner.enter(step) else { return start }
        }
        return scanner.offset
    }

    private struct Scanner {
        let bytes: [UInt8]
        var offset = 0

        var byte: UInt8? { offset < bytes.count ? bytes[offset] : nil }

        mutating func skipSpace() {
            while let byte, byte == 0x20 || (0x09...0x0D).contains(byte) { offset += 1 }
        }

        /// Goes to the value of a member or of an element.
        mutating func enter(_ step: String) -> Bool {
            switch byte {
            case UInt8(ascii: "{"): return find { $0.key() == step }
            case UInt8(ascii: "["):
                guard let index = Int(step) else { return false }
                var seen = -1
                return find { _ in
                    seen += 1
                    return seen == index
                }
            default: return false
            }
        }

        /// Looks at each member or element until `isIt`, which goes up to its value.
        private mutating func find(_ isIt: (inout Scanner) -> Bool) -> Bool {
            offset += 1
            while true {
                skipSpace()
                guard let byte, byte != UInt8(ascii: "}"), byte != UInt8(ascii: "]") else { return false }
                if isIt(&self) { return true }
                skipValue()
                skipSpace()
                if self.byte == UInt8(ascii: ",") { offset += 1 }
            }
        }

        /// The key under the cursor; goes on to the value.
        private mutating func key() -> String? {
            let start = offset
            skipString()
            let key = (try? JSONValue(parsing: bytes[start..<offset]))?.stringValue
            skipSpace()
            if byte == UInt8(ascii: ":") { offset += 1 }
            skipSpace()
            return key
        }

        private mutating func skipString() {
            offset += 1
            while let byte, byte != UInt8(ascii: "\"") { offset += byte == UInt8(ascii: "\\") ? 2 : 1 }
            offset = min(offset + 1, bytes.count)
        }

        private mutating func skipValue() {
            var open = 0
            repeat {
                switch byte {
                case nil: return
                case UInt8(ascii: "\""): skipString()
                case UInt8(ascii: "{"), UInt8(ascii: "["):
                    open += 1
                    offset += 1
                case UInt8(ascii: "}"), UInt8(ascii: "]"):
                    if open == 0 { return }
                    open -= 1
                    offset += 1
                case UInt8(ascii: ",") where open == 0: return
                default: offset += 1
                }
            } while open > 0 || (byte != UInt8(ascii: ",") && byte != UInt8(ascii: "}") && byte != UInt8(ascii: "]"))
        }
    }
}
