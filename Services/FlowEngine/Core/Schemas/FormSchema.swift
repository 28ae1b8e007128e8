public import JSON

/// The part of JSON Schema (2020-12) that forms, triggers and operations use: `type`, `properties`, `required`,
/// `additionalProperties`, `items`, `enum`, `const`, lengths and bounds. Annotations are kept and ignored; a keyword that would
/// change the verdict and is not known here is a problem when the schema is read, never ignored.
public struct FormSchema: Sendable {
    public struct Violation: Hashable, Sendable {
        /// JSON pointer into the checked value.
        public var pointer: String
        public var message: String
    }

    public let document: JSONObject

    public init(_ document: JSONObject) { self.document = document }

    /// Keywords here or below that this implementation does not know, as pointers.
    public var unknownKeywords: [String] { Self.unknown(in: document, at: "", depth: 0) }

    public func violations(of value: JSONValue) -> [Violation] {
        var violations: [Violation] = []
        Self.check(value, document, "", &violations)
        return violations
    }

    public var required: [String] { document["required"]?.arrayValue?.compactMap(\.stringValue) ?? [] }
    public var propertyNames: [String] { document["properties"]?.objectValue?.keys ?? [] }
    public var allowsOtherProperties: Bool { document["additionalProperties"]?.boolValue ?? true }

    public func property(_ name: String) -> FormSchema? { document["properties"]?[name]?.objectValue.map(FormSchema.init) }

    private static let checked: Set<String> = [
        "type", "properties", "required", "additionalProperties", "items", "enum", "const", "minLength", "maxLength", "minimum", "maximum",
        "minItems", "maxItems",
    ]
    private static let annotations: Set<String> = [
        "$schema", "$id", "title", "description", "default", "examples", "format", "readOnly", "writeOnly",
    ]

    private static func unknown(in schema: JSONObject, at pointer: String, depth: Int) -> [String] {
        guard depth < 16 else { return [pointer] }
        var found = schema.keys.filter { !checked.contains($0) && !annotations.contains($0) && !$0.hasPrefix("x-") }.map {
            "\(pointer)/\($0.pointerToken)"
        }
        for (name, value) in schema["properties"]?.objectValue ?? [:] {
            guard let nested = value.objectValue else { found.append("\(pointer)/properties/\(name.pointerToken)"); continue }
            found += unknown(in: nested, at: "\(pointer)/properties/\(name.pointerToken)", depth: depth + 1)
        }
        if let items = schema["items"]?.objectValue { found += unknown(in: items, at: "\(pointer)/items", depth: depth + 1) }
        return found
    }

    private static func check(_ value: JSONValue, _ schema: JSONObject, _ pointer: String, _ violations: inout [Violation]) {
        if let types = schema["type"]?.typeNames, !types.contains(where: value.isOfType) {
            violations.append(Violation(pointer: pointer, message: "must be \(types.joined(separator: " or ")), not \(value.typeName)"))
            return
        }
        if let allowed = schema["enum"]?.arrayValue, !allowed.contains(value) {
            violations.append(Violation(pointer: pointer, message: "must be one of \(allowed.map { $0.encodedString() }.joined(separator: ", "))"))
        }
        if let constant = schema["const"], constant != value {
            violations.append(Violation(pointer: pointer, message: "must be \(constant.encodedString())"))
        }
        switch value {
        case .string(let text): checkBounds(text.unicodeScalars.count, schema, "Length", "characters", pointer, &violations)
        case .array(let values):
            checkBounds(values.count, schema, "Items", "elements", pointer, &violations)
            guard let items = schema["items"]?.objectValue else { break }
            for (index, value) in values.enumerated() { check(value, items, "\(pointer)/\(index)", &violations) }
        case .object(let members): check(members, schema, pointer, &violations)
        case .int, .double:
            let number = value.doubleValue ?? 0
            if let minimum = schema["minimum"]?.doubleValue, number < minimum {
                violations.append(Violation(pointer: pointer, message: "must be at least \(JSONValue.double(minimum).encodedString())"))
            }
            if let maximum = schema["maximum"]?.doubleValue, number > maximum {
                violations.append(Violation(pointer: pointer, message: "must be at most \(JSONValue.double(maximum).encodedString())"))
            }
        default: break
        }
    }

    private static func check(_ members: JSONObject, _ schema: JSONObject, _ pointer: String, _ violations: inout [Violation]) {
        let properties = schema["properties"]?.objectValue ?? [:]
        for name in schema["required"]?.arrayValue?.compactMap(\.stringValue) ?? [] where members[name] == nil {
            violations.append(Violation(pointer: "\(pointer)/\(name.pointerToken)", message: "is required"))
        }
        for (name, value) in members {
            let below = "\(pointer)/\(name.pointerToken)"
            if let property = properties[name]?.objectValue {
                check(value, property, below, &violations)
            } else if schema["additionalProperties"]?.boolValue == false {
                violations.append(Violation(pointer: below, message: "is not a known field; there are \(properties.keys.joined(separator: ", "))"))
            }
        }
    }

    private static func checkBounds(
        _ count: Int, _ schema: JSONObject, _ keyword: String, _ unit: String, _ pointer: String, _ violations: inout [Violation]
    ) {
        if let minimum = schema["min\(keyword)"]?.intValue, count < minimum {
            violations.append(Violation(pointer: pointer, message: "must have at least \(minimum) \(unit)"))
        }
        if let maximum = schema["max\(keyword)"]?.intValue, count > maximum {
            violations.append(Violation(pointer: pointer, message: "must have at most \(maximum) \(unit)"))
        }
    }
}

extension JSONValue {
    fileprivate var typeNames: [String] { stringValue.map { [$0] } ?? arrayValue?.compactMap(\.stringValue) ?? [] }

    fileprivate var typeName: String {
        switch self {
        case .null: "null"
        case .bool: "boolean"
        case .int: "integer"
        case .double: "number"
        case .string: "string"
        case .array: "array"
        case .object: "object"
        }
    }

    fileprivate func isOfType(_ name: String) -> Bool {
        switch self {
        case .int: name == "integer" || name == "number"
        case .double(let value): name == "number" || (name == "integer" && value == value.rounded())
        default: name == typeName
        }
    }
}
