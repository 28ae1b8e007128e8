public import JSON

/// Takes values out of an input. What stood there is not to be told from what would stand in its place.
public enum Redaction {
    public static let mark: JSONValue = "[redacted]"

    /// Each path names members of objects; in an array it goes into every element. A path that leads nowhere changes nothing.
    public static func apply(_ paths: [[String]], to input: JSONValue) -> JSONValue {
        paths.reduce(input) { apply($1[...], to: $0) }
    }

    private static func apply(_ path: ArraySlice<String>, to value: JSONValue) -> JSONValue {
        guard let name = path.first else { return mark }
        switch value {
        case .array(let elements): return .array(elements.map { apply(path, to: $0) })
        case .object(var members):
            guard let member = members[name] else { return value }
            members[name] = apply(path.dropFirst(), to: member)
            return .object(members)
        default: return value
        }
    }
}
