public import JSON

extension Shape {
    /// Of one list or object: a body can hold more mistakes than anybody reads.
    private static let problemsMax = 20

    /// What of `value` does not fit, at most a few dozen problems; empty where it fits.
    public func problems(in value: JSONValue, at pointer: String = "") -> [FieldProblem] {
        switch (self, value) {
        case (.any, _): []
        case (.nullable, .null): []
        case (.nullable(let shape), _): shape.problems(in: value, at: pointer)
        case (.text(let kind, let maximum), .string(let text)): Self.problems(in: text, kind, maximum, at: pointer)
        case (.choice(let words, _), .string(let text)):
            words.contains(text) ? [] : [FieldProblem(field: pointer, message: "is \"\(text)\"", fix: "use \(words.joined(separator: ", "))")]
        case (.integer(let range), .int(let number)):
            range.contains(number)
                ? [] : [FieldProblem(field: pointer, message: "is \(number)", fix: "use \(range.lowerBound) to \(range.upperBound)")]
        case (.boolean, .bool): []
        case (.list(let shape, let maximum), .array(let values)): Self.problems(in: values, shape, maximum, at: pointer)
        case (.map(let shape, let maximum), .object(let members)): Self.problems(in: members, shape, maximum, at: pointer)
        case (.described, .object): []
        case (.object(_, let fields), .object(let members)): Self.problems(in: members, fields, at: pointer)
        default: [FieldProblem(field: pointer, message: "is not \(expectation)", fix: "send \(expectation)")]
        }
    }

    private var expectation: String {
        switch self {
        case .text, .choice: "a string"
        case .integer: "an integer"
        case .boolean: "true or false"
        case .any: "a value"
        case .list: "an array"
        case .map, .object, .described: "an object"
        case .nullable(let shape): "\(shape.expectation) or null"
        }
    }

    private static func problems(in text: String, _ kind: Text, _ maximum: Int, at pointer: String) -> [FieldProblem] {
        if text.utf8.contains(0) { return [FieldProblem(field: pointer, message: "contains a NUL", fix: "leave it out")] }
        guard text.utf8.count <= maximum else {
            return [FieldProblem(field: pointer, message: "has \(text.utf8.count) bytes", fix: "send at most \(maximum)")]
        }
        if let fix = kind.fix(for: text) { return [FieldProblem(field: pointer, message: "is \"\(text.prefix(80))\"", fix: fix)] }
        return []
    }

    private static func problems(in values: [JSONValue], _ shape: Shape, _ maximum: Int, at pointer: String) -> [FieldProblem] {
        guard values.count <= maximum else {
            return [FieldProblem(field: pointer, message: "has \(values.count) elements", fix: "send at most \(maximum)")]
        }
        var problems: [FieldProblem] = []
        for (index, value) in values.enumerated() where problems.count < problemsMax {
            problems += shape.problems(in: value, at: "\(pointer)/\(index)")
        }
        return problems
    }

    private static func problems(in members: JSONObject, _ shape: Shape, _ maximum: Int, at pointer: String) -> [FieldProblem] {
        guard members.count <= maximum else {
            return [FieldProblem(field: pointer, message: "has \(members.count) members", fix: "send at most \(maximum)")]
        }
        return Array(members.lazy.flatMap { shape.problems(in: $0.value, at: "\(pointer)/\(escaped($0.key))") }.prefix(problemsMax))
    }

    private static func problems(in members: JSONObject, _ fields: [Field], at pointer: String) -> [FieldProblem] {
        let known = fields.map(\.name)
        // First, for it says the most: a field that is missing is most often one that was misspelt.
        let strange = members.lazy.filter { !known.contains($0.key) }.prefix(problemsMax)
        var problems = strange.map { unknown($0.key, at: "\(pointer)/\(escaped($0.key))", known: known) }
        for field in fields {
            guard let value = members[field.name] else {
                if field.isRequired { problems.append(FieldProblem(field: "\(pointer)/\(field.name)", message: "is missing", fix: "send it")) }
                continue
            }
            problems += field.shape.problems(in: value, at: "\(pointer)/\(field.name)")
        }
        return problems
    }

    /// Most likely a typing error: says what was meant where that can be guessed.
    public static func unknown(_ name: String, at field: String, known: [String]) -> FieldProblem {
        let message = "is not a field of this request"
        if let meant = Spelling.closest(to: name, among: known) {
            return FieldProblem(field: field, message: message, fix: "did you mean \(meant)?")
        }
        return FieldProblem(field: field, message: message, fix: known.isEmpty ? "leave it out" : "use only \(known.joined(separator: ", "))")
    }

    /// What of a path or query parameter's text does not fit.
    public func problems(inText text: String, at name: String) -> [FieldProblem] {
        guard case .integer = self else { return problems(in: .string(text), at: name) }
        guard let number = Int64(text) else { return [FieldProblem(field: name, message: "is \"\(text.prefix(80))\"", fix: "send an integer")] }
        return problems(in: .int(number), at: name)
    }

    private static func escaped(_ key: String) -> String { key.replacing("~", with: "~0").replacing("/", with: "~1") }
}

extension Shape.Text {
    /// How to mend a text that is not of this kind; nil where it is.
    public func fix(for text: String) -> String? {
        switch self {
        case .free: nil
        case .uuid: Self.isUUID(text) ? nil : "send a UUID in lower case"
        case .digest: text.utf8.count == 64 && text.utf8.allSatisfy(Self.isLowerHex) ? nil : "send 64 hexadecimal digits in lower case"
        case .time: Timestamp(text: text) != nil ? nil : "send RFC 3339 in UTC, for example 2026-11-23T05:40:00.123Z"
        }
    }

    private static func isUUID(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard bytes.count == 36 else { return false }
        return bytes.enumerated().allSatisfy { [8, 13, 18, 23].contains($0.offset) ? $0.element == UInt8(ascii: "-") : isLowerHex($0.element) }
    }

    private static func isLowerHex(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
    }
}
