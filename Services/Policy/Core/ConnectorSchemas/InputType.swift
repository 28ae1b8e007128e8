internal import Cedar
internal import JSON

/// The Cedar type of an argument, as ``InputValue`` makes values of it.
indirect enum InputType: Hashable, Sendable {
    case bool, long, string
    case set(InputType)
    case record([Member])

    struct Member: Hashable, Sendable {
        let name: String
        let type: InputType
        let isRequired: Bool
    }

    /// Why an argument has no type that every value of it would be of.
    struct Untyped: Error, Hashable {
        let path: [String]
        let reason: String
    }

    /// Deeper arguments are left out; policies do not look there.
    private static let depthMax = 16

    /// - Parameter untyped: Told of each part that is left out.
    static func type(of schema: JSONValue, at path: [String] = [], _ untyped: (Untyped) -> Void) -> InputType? {
        func none(_ reason: String) -> InputType? {
            untyped(Untyped(path: path, reason: reason))
            return nil
        }
        guard path.count < depthMax else { return none("it is nested deeper than \(depthMax) levels") }
        guard let names = names(schema["type"]) else { return none("its schema does not say one type") }
        switch names {
        case ["string"]: return .string
        case ["integer"]: return .long
        case ["boolean"]: return .bool
        case ["number"]: return none("a fraction is a decimal where it is exactly one, and else text: its type depends on the value")
        case ["array"]:
            guard let element = schema["items"] else { return none("its schema does not say what the array holds") }
            return type(of: element, at: path + ["[]"], untyped).map { .set($0) }
        case ["object"]: return .record(members(of: schema, at: path, untyped))
        default: return none("it may be of several types: \(names.joined(separator: ", "))")
        }
    }

    /// Null is left out of the input, so that what may be null may be absent.
    private static func names(_ type: JSONValue?) -> [String]? {
        if let name = type?.stringValue { return [name] }
        let names = type?.arrayValue?.compactMap(\.stringValue).filter { $0 != "null" } ?? []
        return names.isEmpty ? nil : names
    }

    private static func members(of schema: JSONValue, at path: [String], _ untyped: (Untyped) -> Void) -> [Member] {
        let required = Set(schema["required"]?.arrayValue?.compactMap(\.stringValue) ?? [])
        return (schema["properties"]?.objectValue ?? [:]).compactMap { name, property in
            guard let type = type(of: property, at: path + [name], untyped) else { return nil }
            let mayBeNull = property["type"]?.arrayValue?.contains("null") ?? false
            return Member(name: name, type: type, isRequired: required.contains(name) && !mayBeNull)
        }
        .sorted { $0.name < $1.name }
    }
}

extension InputType: CustomStringConvertible {
    /// In Cedar's syntax of schemas.
    var description: String {
        switch self {
        case .bool: "Bool"
        case .long: "Long"
        case .string: "String"
        case .set(let element): "Set<\(element)>"
        case .record(let members):
            "{\(members.map { "\(Value.string(Text($0.name)))\($0.isRequired ? "" : "?"): \($0.type)" }.joined(separator: ", "))}"
        }
    }
}
