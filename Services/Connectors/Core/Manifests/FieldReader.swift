internal import JSON

/// Reads the members of one object of a manifest. What is missing, of the wrong kind, or left over is noted with its place.
struct FieldReader {
    let pointer: String
    private let object: JSONObject
    private var taken: Set<String> = []
    private(set) var problems: [ManifestProblem] = []

    init(_ json: JSONValue?, _ pointer: String) {
        self.pointer = pointer
        object = json?.objectValue ?? [:]
        if json?.objectValue == nil { note("", "must be an object") }
    }

    mutating func note(_ name: String, _ message: String) {
        problems.append(ManifestProblem(pointer: name.isEmpty ? pointer : "\(pointer)/\(name.pointerToken)", message: message))
    }

    mutating func take(_ name: String) -> JSONValue? {
        taken.insert(name)
        return object[name].flatMap { $0.isNull ? nil : $0 }
    }

    mutating func string(_ name: String, default fallback: String? = nil) -> String {
        guard let value = take(name) else {
            if fallback == nil { note(name, "is missing") }
            return fallback ?? ""
        }
        // YAML reads `1.0` as a number where a version was meant.
        guard let text = value.stringValue, !text.isEmpty else {
            note(name, "must be a text that is not empty")
            return fallback ?? ""
        }
        return text
    }

    mutating func integer(_ name: String, in range: ClosedRange<Int64>, default fallback: Int64) -> Int64 {
        guard let value = take(name) else { return fallback }
        guard let number = value.intValue, range.contains(number) else {
            note(name, "must be a whole number from \(range.lowerBound) to \(range.upperBound)")
            return fallback
        }
        return number
    }

    mutating func flag(_ name: String) -> Bool {
        guard let value = take(name) else { return false }
        guard let flag = value.boolValue else {
            note(name, "must be true or false")
            return false
        }
        return flag
    }

    mutating func strings(_ name: String, isRequired: Bool = true) -> [String] {
        guard let value = take(name) else {
            if isRequired { note(name, "is missing") }
            return []
        }
        let texts = value.arrayValue?.compactMap(\.stringValue) ?? []
        if texts.isEmpty || texts.count != value.arrayValue?.count { note(name, "must be a list of texts that is not empty") }
        return texts
    }

    mutating func choice<Choice: RawRepresentable<String> & CaseIterable>(_ name: String, default fallback: Choice) -> Choice {
        let text = string(name, default: fallback.rawValue)
        guard let choice = Choice(rawValue: text) else {
            note(name, "must be one of \(Choice.allCases.map(\.rawValue).joined(separator: ", "))")
            return fallback
        }
        return choice
    }

    /// A path of steps, written with dots.
    mutating func steps(_ name: String) -> [String]? { take(name)?.stringValue.map { $0.split(separator: ".").map(String.init) } }

    mutating func text(_ name: String) -> TextTemplate? {
        let text = string(name)
        guard !text.isEmpty else { return nil }
        do { return try TextTemplate(text) } catch { note(name, error.description) }
        return nil
    }

    mutating func template(_ name: String) -> JSONTemplate? {
        guard let json = take(name) else { return nil }
        do { return try JSONTemplate(json) } catch { note(name, error.description) }
        return nil
    }

    mutating func named(_ name: String) -> [RequestTemplate.NamedTemplate] {
        guard let json = take(name) else { return [] }
        var reader = FieldReader(json, "\(pointer)/\(name)")
        var values: [RequestTemplate.NamedTemplate] = []
        for key in json.objectValue?.keys ?? [] {
            if let text = reader.text(key) { values.append(.init(name: key, value: text)) }
        }
        problems += reader.problems
        return values
    }

    /// Reads one object with `body` and keeps what it notes.
    mutating func nested<Value>(_ name: String, _ body: (inout FieldReader) -> Value) -> Value? {
        guard let json = take(name) else { return nil }
        var reader = FieldReader(json, "\(pointer)/\(name)")
        let value = body(&reader)
        problems += reader.finished()
        return value
    }

    mutating func list<Value>(_ name: String, _ body: (inout FieldReader) -> Value) -> [Value] {
        guard let json = take(name) else { return [] }
        guard let elements = json.arrayValue else {
            note(name, "must be a list")
            return []
        }
        return elements.enumerated().map { index, element in
            var reader = FieldReader(element, "\(pointer)/\(name)/\(index)")
            let value = body(&reader)
            problems += reader.finished()
            return value
        }
    }

    /// What was noted, with the members that nobody asked for.
    func finished() -> [ManifestProblem] {
        problems
            + object.keys.filter { !taken.contains($0) }.map {
                ManifestProblem(pointer: "\(pointer)/\($0.pointerToken)", message: "is not a known member")
            }
    }
}
