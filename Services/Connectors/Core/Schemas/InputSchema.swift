package import JSON

/// Something in a value that its schema does not allow.
package struct SchemaViolation: Sendable, Hashable {
    /// JSON pointer (RFC 6901) into the value.
    package var pointer: String
    package var message: String
    package var text: String { "\(pointer.isEmpty ? "input" : pointer) \(message)" }
}

/// The part of JSON Schema 2020-12 that operations are described with: types, members, elements, enumerations, lengths and bounds.
/// A keyword that would change the verdict and is not among them is reported when a manifest is read, never ignored.
package struct InputSchema: Sendable, Hashable {
    static let violationLimit = 20

    package let document: JSONObject

    package init(_ document: JSONObject) { self.document = document }

    package func violations(of value: JSONValue) -> [SchemaViolation] {
        var found: [SchemaViolation] = []
        Self.check(value, document, "", &found)
        return found
    }

    /// Pointers to what this implementation does not know or cannot read.
    package var unreadableKeywords: [String] { Self.unreadable(document, "", depth: 0) }

    package var propertyNames: [String] { document["properties"]?.objectValue?.keys ?? [] }

    private static let checked: Set<String> = [
        "type", "properties", "required", "additionalProperties", "items", "enum", "const", "minLength", "maxLength", "minimum", "maximum",
        "minItems",
        "maxItems",
    ]
    private static let annotations: Set<String> = ["title", "description", "default", "examples"]
    private static let types: Set<String> = ["null", "boolean", "integer", "number", "string", "array", "object"]

    private static func unreadable(_ schema: JSONObject, _ pointer: String, depth: Int) -> [String] {
        guard depth < 16 else { return [pointer] }
        var found = schema.keys.filter { !checked.contains($0) && !annotations.contains($0) }.map { "\(pointer)/\($0)" }
        if let type = schema["type"], !types.contains(type.stringValue ?? "") { found.append("\(pointer)/type") }
        for (name, value) in schema["properties"]?.objectValue ?? [:] {
            guard let nested = value.objectValue else { found.append("\(pointer)/properties/\(name)"); continue }
            found += unreadable(nested, "\(pointer)/properties/\(name)", depth: depth + 1)
        }
        if let items = schema["items"]?.objectValue { found += unreadable(items, "\(pointer)/items", depth: depth + 1) }
        return found
    }

    private static func check(_ value: JSONValue, _ schema: JSONObject, _ pointer: String, _ found: inout [SchemaViolation]) {
        guard found.count < violationLimit else { return }
        func report(_ message: String) { found.append(SchemaViolation(pointer: pointer, message: message)) }
        if let type = schema["type"]?.stringValue, !value.isOf(type: type) { return report("must be of type \(type), not \(value.typeName)") }
        if let allowed = schema["enum"]?.arrayValue, !allowed.contains(value) {
            report("must be one of \(allowed.map { $0.encodedString() }.joined(separator: ", "))")
        }
        if let constant = schema["const"], constant != value { report("must be \(constant.encodedString())") }
        switch value {
        case .string(let text): checkCount(text.unicodeScalars.count, schema, "Length", "characters", report)
        case .array(let elements):
            checkCount(elements.count, schema, "Items", "elements", report)
            guard let items = schema["items"]?.objectValue else { return }
            for (index, element) in elements.enumerated() { check(element, items, "\(pointer)/\(index)", &found) }
        case .object(let members): checkMembers(members, schema, pointer, &found)
        case .int, .double: checkBounds(value, schema, report)
        case .null, .bool: break
        }
    }

    private static func checkMembers(_ members: JSONObject, _ schema: JSONObject, _ pointer: String, _ found: inout [SchemaViolation]) {
        let properties = schema["properties"]?.objectValue ?? [:]
        for name in schema["required"]?.arrayValue?.compactMap(\.stringValue) ?? [] where members[name] == nil {
            found.append(SchemaViolation(pointer: "\(pointer)/\(name.pointerToken)", message: "is required"))
        }
        for (name, value) in members {
            let below = "\(pointer)/\(name.pointerToken)"
            if let property = properties[name]?.objectValue {
                check(value, property, below, &found)
            } else if schema["additionalProperties"] == false {
                found.append(SchemaViolation(pointer: below, message: "is not a known field: there are \(properties.keys.joined(separator: ", "))"))
            }
        }
    }

    private static func checkCount(_ count: Int, _ schema: JSONObject, _ keyword: String, _ unit: String, _ report: (String) -> Void) {
        if let minimum = schema["min\(keyword)"]?.intValue, count < minimum { report("must have at least \(minimum) \(unit)") }
        if let maximum = schema["max\(keyword)"]?.intValue, count > maximum { report("must have at most \(maximum) \(unit)") }
    }

    private static func checkBounds(_ value: JSONValue, _ schema: JSONObject, _ report: (String) -> Void) {
        guard let number = value.doubleValue else { return }
        if let minimum = schema["minimum"], let bound = minimum.doubleValue, number < bound { report("must be at least \(minimum.encodedString())") }
        if let maximum = schema["maximum"], let bound = maximum.doubleValue, number > bound { report("must be at most \(maximum.encodedString())") }
    }
}

extension JSONValue {
    var typeName: String {
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

    fileprivate func isOf(type: String) -> Bool {
        switch self {
        case .int: type == "integer" || type == "number"
        // A float without a fraction is an integer (JSON Schema 2020-12, §6.1.1).
        case .double(let value): type == "number" || (type == "integer" && value == value.rounded())
        default: type == typeName
        }
    }
}

extension String {
    /// As one token of a JSON pointer.
    var pointerToken: String { String(flatMap { $0 == "~" ? "~0" : $0 == "/" ? "~1" : String($0) }) }
}
