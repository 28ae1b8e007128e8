internal import JSON

/// What may be shown of a value: everything but secrets.
enum ConfigRedaction {
    static let mark = "<redacted>"
    private static let tellingWords = ["password", "secret", "token", "seed", "credential"]

    static func redacted(_ value: JSONValue, under key: String) -> JSONValue {
        switch value {
        case .object(let object): .object(JSONObject(object.map { ($0.key, redacted($0.value, under: $0.key)) }))
        case .array(let values): .array(values.map { redacted($0, under: key) })
        case .string(let text) where isSecret(key, text): .string(mark)
        // A number under such a key is one that somebody forgot to quote.
        case .int, .double: isSecret(key, "") ? .string(mark) : value
        default: withoutPassword(value)
        }
    }

    /// A key is a secret unless it is the path of one.
    private static func isSecret(_ key: String, _ text: String) -> Bool {
        let key = key.lowercased()
        guard !text.hasPrefix("/") else { return false }
        // Mistyped ones too: `app_pasword` holds a password all the same.
        let isNear = key.split(whereSeparator: { $0 == "_" || $0 == "." }).contains { part in
            tellingWords.contains { $0.count >= 6 && KeySuggestion.distance(String(part), $0) <= 2 }
        }
        return isNear || tellingWords.contains { key.contains($0) } || key.hasSuffix("key")
    }

    /// `scheme://user:password@host` keeps all but the password.
    private static func withoutPassword(_ value: JSONValue) -> JSONValue {
        guard let text = value.stringValue, let scheme = text.firstRange(of: "://"), let at = text.lastIndex(of: "@"),
            scheme.upperBound < at, let colon = text[scheme.upperBound..<at].firstIndex(of: ":")
        else { return value }
        return .string(text[...colon] + mark + text[at...])
    }
}
