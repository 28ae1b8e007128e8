internal import JSON
internal import Trust

/// Reads typed values by section and key from a file's JSON with the environment laid over it, and collects all that is wrong.
struct ConfigReader {
    private(set) var problems: [ConfigProblem] = []
    private(set) var listing = ConfigListing()
    private let root: JSONObject
    private let environment: [String: String]
    private var known: [String: Set<String>] = [:]

    /// Sections whose keys are the services' own.
    private static let openSections: Set<String> = ["settings"]

    init(file: JSONValue, environment: [String: String]) {
        root = file.objectValue ?? [:]
        self.environment = environment
        if file.objectValue == nil {
            problems.append(ConfigProblem("the file", "holds no JSON object", fix: #"begin with {"service": {…}, "rpc": {…}, …}"#))
        }
    }

    // MARK: Values

    mutating func string(_ section: String, _ key: String, default fallback: String? = nil) -> String {
        if let value = optionalString(section, key) { return value }
        if let fallback { return builtIn(section, key, fallback, shown: fallback) }
        missing(section, key)
        return ""
    }

    mutating func optionalString(_ section: String, _ key: String) -> String? {
        guard let value = raw(section, key) else { return nil }
        guard let text = value.stringValue, !text.isEmpty else {
            report(section, key, "must be a text that is not empty", fix: "put it in quotes, or take the key away")
            return nil
        }
        return text
    }

    mutating func integer(_ section: String, _ key: String, in range: ClosedRange<Int>, default fallback: Int? = nil) -> Int {
        guard let value = raw(section, key) else {
            guard let fallback else {
                missing(section, key)
                return range.lowerBound
            }
            return builtIn(section, key, fallback, shown: "\(fallback)")
        }
        // The environment has only text.
        guard let number = value.intValue.map({ Int($0) }) ?? value.stringValue.flatMap({ Int($0) }), range.contains(number) else {
            report(section, key, "must be a whole number from \(range.lowerBound) to \(range.upperBound)", fix: "give one")
            return fallback ?? range.lowerBound
        }
        return number
    }

    mutating func flag(_ section: String, _ key: String, default fallback: Bool) -> Bool {
        guard let value = raw(section, key) else { return builtIn(section, key, fallback, shown: "\(fallback)") }
        guard let flag = value.boolValue ?? value.stringValue.flatMap({ Bool($0) }) else {
            report(section, key, "must be true or false", fix: "give one of the two, without quotes")
            return fallback
        }
        return flag
    }

    mutating func secret(_ section: String, _ key: String) -> Secret { Secret(string(section, key)) }
    mutating func optionalSecret(_ section: String, _ key: String) -> Secret? { optionalString(section, key).map { Secret($0) } }

    mutating func hasSection(_ section: String) -> Bool {
        root[section] != nil || environment.keys.contains { $0.hasPrefix(Self.variable(section, "")) }
    }

    /// All members of a section as text, for sections whose keys are names.
    mutating func texts(_ section: String, keys: [String]) -> [String: String] {
        var values: [String: String] = [:]
        for key in keys { values[key] = optionalString(section, key) }
        return values
    }

    /// The section as it is, with the environment laid over the keys that it has.
    mutating func object(_ section: String) -> JSONObject {
        known[section] = []
        guard let value = root[section] else { return [:] }
        guard let object = value.objectValue else {
            problems.append(ConfigProblem(section, "must be an object", fix: #"write "\#(section)": {…}"#))
            return [:]
        }
        var result = object
        for key in object.keys { result[key] = raw(section, key) ?? .null }
        return result
    }

    // MARK: Problems

    mutating func report(_ section: String, _ key: String, _ rule: String, fix: String) {
        let name = "\(section).\(key)"
        // A key that two parts read is wrong once.
        guard !problems.contains(where: { $0.key == name }) else { return }
        problems.append(ConfigProblem(name, rule, found: listing.values[name], fix: fix))
    }

    private mutating func missing(_ section: String, _ key: String) {
        report(section, key, "is missing", fix: #"set it in the file under "\#(section)", or as \#(Self.variable(section, key))"#)
    }

    /// A key that nobody asked for is a typing error until proved otherwise, in the file and in the environment alike.
    mutating func reportUnknownKeys() {
        for (section, value) in root {
            guard let keys = known[section] else {
                problems.append(ConfigProblem(section, "is not a known section", fix: Self.advice(section, among: known.keys.sorted())))
                continue
            }
            guard !Self.openSections.contains(section), let object = value.objectValue else { continue }
            for (key, value) in object where !keys.contains(key) {
                listing.values["\(section).\(key)"] = ConfigValue(Self.shown(value, key), .file)
                report(section, key, "is not a known key", fix: Self.advice(key, among: keys.sorted()))
            }
        }
        reportUnknownVariables()
    }

    /// Only those that begin like a section's: others are for other programs.
    private mutating func reportUnknownVariables() {
        var variables: [String: String] = [:]
        for (section, keys) in known { for key in keys { variables[Self.variable(section, key)] = "\(section).\(key)" } }
        let sections = known.keys.filter { !Self.openSections.contains($0) }.map { Self.variable($0, "") }
        for name in environment.keys.sorted() where variables[name] == nil && sections.contains(where: { name.hasPrefix($0) }) {
            problems.append(ConfigProblem(name, "is set in the environment and names no key", fix: Self.advice(name, among: variables.keys.sorted())))
        }
    }

    private static func advice(_ word: String, among known: [String]) -> String {
        KeySuggestion.nearest(to: word, in: known).map { "did you mean \($0)?" } ?? "take it away; there are \(known.joined(separator: ", "))"
    }

    // MARK: Sources

    private mutating func raw(_ section: String, _ key: String) -> JSONValue? {
        known[section, default: []].insert(key)
        let name = "\(section).\(key)"
        let variable = Self.variable(section, key)
        if let text = environment[variable] {
            listing.values[name] = ConfigValue(Self.shown(.string(text), key), .environment(variable))
            return .string(text)
        }
        guard let value = root[section] else { return nil }
        guard let object = value.objectValue else {
            report(section, key, "cannot be read: \(section) must be an object", fix: #"write "\#(section)": {…}"#)
            return nil
        }
        guard let member = object[key], !member.isNull else { return nil }
        listing.values[name] = ConfigValue(Self.shown(member, key), .file)
        return member
    }

    private mutating func builtIn<Value>(_ section: String, _ key: String, _ value: Value, shown: String) -> Value {
        // A value that was refused is not replaced in what is shown.
        if listing.values["\(section).\(key)"] == nil { listing.values["\(section).\(key)"] = ConfigValue(shown, .builtIn) }
        return value
    }

    /// Texts without their quotes, all else as JSON.
    private static func shown(_ value: JSONValue, _ key: String) -> String {
        let value = ConfigRedaction.redacted(value, under: key)
        return value.stringValue ?? value.encodedString()
    }

    /// `postgres.max_connections` is PROVABLE_POSTGRES_MAX_CONNECTIONS.
    private static func variable(_ section: String, _ key: String) -> String {
        "PROVABLE_\(section)_\(key)".uppercased().split(separator: "-").joined(separator: "_")
    }
}
