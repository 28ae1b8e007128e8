internal import JSON
internal import Trust

/// `application/x-www-form-urlencoded` (WHATWG URL §5).
enum FormEncoding {
    static let fieldLimit = 200

    /// Nil where an escape is cut short, the text is not UTF-8, a field stands twice, or there are too many.
    static func decode(_ body: [UInt8]) -> JSONObject? {
        var object = JSONObject()
        for pair in body.split(separator: UInt8(ascii: "&")) {
            let parts = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = text(parts[0]), let value = text(parts.count == 2 ? parts[1] : []), object[name] == nil, object.count < fieldLimit else {
                return nil
            }
            object[name] = .string(value)
        }
        return object
    }

    private static func text(_ bytes: ArraySlice<UInt8>) -> String? {
        var decoded: [UInt8] = []
        var rest = bytes
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "+"): decoded.append(UInt8(ascii: " "))
            case UInt8(ascii: "%"):
                guard let value = Hexadecimal.decode(String(decoding: rest.prefix(2), as: UTF8.self)), value.count == 1 else { return nil }
                decoded.append(value[0])
                rest = rest.dropFirst(2)
            default: decoded.append(byte)
            }
        }
        return String(validating: decoded, as: UTF8.self)
    }
}
