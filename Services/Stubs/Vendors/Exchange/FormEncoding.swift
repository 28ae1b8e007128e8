internal import JSON

/// `application/x-www-form-urlencoded`, as Slack's clients send it.
enum FormEncoding {
    /// Values that are JSON objects or arrays, which Slack takes in form fields, are read as such.
    static func decode(_ body: [UInt8]) -> JSONObject? {
        var object = JSONObject()
        for pair in body.split(separator: UInt8(ascii: "&")) {
            let parts = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = text(parts[0]), let value = text(parts.count == 2 ? parts[1] : []) else { return nil }
            object[name] = value.hasPrefix("{") || value.hasPrefix("[") ? (try? JSONValue(parsing: value)) ?? .string(value) : .string(value)
        }
        return object
    }

    private static func text(_ bytes: ArraySlice<UInt8>) -> String? { PercentEncoding.decode(bytes, plusIsSpace: true) }
}
