internal import JSON
internal import Trust

/// Reads typed values by section and key from a file's JSON with the environment laid over it, and collects what is wrong.
struct ConfigReader {
    private(set) var problems: [String] = []
    private let root: JSONObject
    private let environment: [String: String]
    private var known: [String: Set<String>] = [:]

    /// Sections whose keys are the services' own.
    private static let openSections: Set<String> = ["settings"]

    init(file: JSONValue, environment: [String: String]) {
        root = file.objectValue ?? [:]
        self.environment = environment
        if file.objectValue == nil { problems.append("the file holds no JSON object") }
    }

    mutating func string(_ section: String, _ key: String, default fallback: String? = nil) -> String {
        if let value = optionalString(section, key) { return value }
        if let fallback { return fallback }
        if !hasProblem(section, key) { report(section, key, "is missing") }
        return ""
    }

    mutating func optionalString(_ section: String, _ key: String) -> String? {
        guard let value = raw(section, key) else { return nil }
        guard let text = value.stringValue, !text.isEmpty else {
            report(section, key, "must be a text that is not empty")
            return nil
        }
        return text
    }

    mutating func integer(_ section: String, _ key: String, in range: ClosedRange<Int>, default fallback: Int? = nil) -> Int {
        guard let value = raw(section, key) else {
            if fallback == nil { report(section, key, "is missing") }
            return fallback ?? range.lowerBound
        }
        // The environment has only text.
        guard let number = value.intValue.map({ Int($0) }) ?? value.stringValue.flatMap({ Int($0) }), range.contains(number) else {
            report(section, key, "must be a whole number from \(range.lowerBound) to \(range.upperBound)")
            return fallback ?? range.lowerBound
        }
        return number
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
        guard var object = value.objectValue else {
            problems.append("\(section) must be an object")
            return [:]
        }
        for key in object.keys {
            if let text = environment[Self.variable(section, key)] { object[key] = .string(text) }
        }
        return object
    }

    mutating func report(_ section: String, _ key: String, _ problem: String) { problems.append("\(section).\(key) \(problem)") }

    /// A key that nobody asked for is a typing error until proved otherwise.
    mutating func reportUnknownKeys() {
        for (section, value) in root {
            guard let keys = known[section] else {
                problems.append("\(section) is not a known section")
                continue
            }
            guard !Self.openSections.contains(section), let object = value.objectValue else { continue }
            for key in object.keys where !keys.contains(key) { report(section, key, "is not a known key") }
        }
    }

    private mutating func raw(_ section: String, _ key: String) -> JSONValue? {
        known[section, default: []].insert(key)
        if let text = environment[Self.variable(section, key)] { return .string(text) }
        guard let value = root[section] else { return nil }
        guard let object = value.objectValue else {
            report(section, key, "cannot be read: \(section) must be an object")
            return nil
        }
        return object[key].flatMap { $0.isNull ? nil : $0 }
    }

    private func hasProblem(_ section: String, _ key: String) -> Bool { problems.contains { $0.hasPrefix("\(section).\(key) ") } }

    /// `postgres.max_connections` is PROVABLE_POSTGRES_MAX_CONNECTIONS.
    private static func variable(_ section: String, _ key: String) -> String {
        "PROVABLE_\(section)_\(key)".uppercased().split(separator: "-").joined(separator: "_")
    }
}
