public import JSON

/// What `--print-config` shows: everything but secrets.
public enum ConfigRedaction {
    private static let tellingWords = ["password", "secret", "token", "seed", "credential"]

    public static func redacted(_ value: JSONValue) -> JSONValue { redacted(value, under: "") }

    private static func redacted(_ value: JSONValue, under key: String) -> JSONValue {
        switch value {
        case .object(let object): .object(JSONObject(object.map { ($0.key, redacted($0.value, under: $0.key)) }))
        case .array(let values): .array(values.map { redacted($0, under: key) })
        case .string(let text) where isSecret(key, text): "<redacted>"
        default: value
        }
    }

    /// A key is a secret unless it is the path of one.
    private static func isSecret(_ key: String, _ text: String) -> Bool {
        let key = key.lowercased()
        return tellingWords.contains { key.contains($0) } || (key.hasSuffix("key") && !text.hasPrefix("/"))
    }
}
