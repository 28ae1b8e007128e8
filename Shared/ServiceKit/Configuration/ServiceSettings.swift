public import JSON
public import Trust

/// The keys of one service alone: the section `settings`.
public struct ServiceSettings: Sendable {
    public let json: JSONObject

    public init(_ json: JSONObject) { self.json = json }

    public func string(_ key: String, default fallback: String? = nil) throws(ConfigError) -> String {
        guard let value = value(key) else { return try missing(key, fallback) }
        guard let text = value.stringValue else { throw wrong(key, "must be a text") }
        return text
    }

    public func int(_ key: String, default fallback: Int64? = nil) throws(ConfigError) -> Int64 {
        guard let value = value(key) else { return try missing(key, fallback) }
        guard let number = value.intValue ?? value.stringValue.flatMap({ Int64($0) }) else { throw wrong(key, "must be a whole number") }
        return number
    }

    public func bool(_ key: String, default fallback: Bool? = nil) throws(ConfigError) -> Bool {
        guard let value = value(key) else { return try missing(key, fallback) }
        guard let flag = value.boolValue ?? value.stringValue.flatMap({ Bool($0) }) else { throw wrong(key, "must be true or false") }
        return flag
    }

    public func secret(_ key: String) throws(ConfigError) -> Secret { Secret(try string(key)) }

    public func strings(_ key: String, default fallback: [String]? = nil) throws(ConfigError) -> [String] {
        guard let value = value(key) else { return try missing(key, fallback) }
        guard let values = value.arrayValue, values.allSatisfy({ $0.stringValue != nil }) else { throw wrong(key, "must be a list of texts") }
        return values.compactMap(\.stringValue)
    }

    public func object(_ key: String, default fallback: JSONObject? = nil) throws(ConfigError) -> JSONObject {
        guard let value = value(key) else { return try missing(key, fallback) }
        guard let object = value.objectValue else { throw wrong(key, "must be an object") }
        return object
    }

    private func value(_ key: String) -> JSONValue? { json[key].flatMap { $0.isNull ? nil : $0 } }

    private func missing<T>(_ key: String, _ fallback: T?) throws(ConfigError) -> T {
        guard let fallback else { throw wrong(key, "is missing") }
        return fallback
    }

    private func wrong(_ key: String, _ problem: String) -> ConfigError { ConfigError(["settings.\(key) \(problem)"]) }
}
