internal import JSON

/// A value of a schema in JSON, and the way to it.
struct SchemaJSON {
    private let value: JSONValue
    private let path: [String]

    init(_ value: JSONValue, _ path: [String]) {
        self.value = value
        self.path = path
    }

    var place: SchemaPlace { .path(path) }
    var isNull: Bool { value.isNull }

    subscript(name: String) -> SchemaJSON? { value[name].map { SchemaJSON($0, path + [name]) } }

    func fault(_ message: String, _ suggestion: String? = nil) -> SchemaFault { SchemaFault(message, place, suggestion: suggestion) }

    func required(_ name: String, of what: String) throws(SchemaFault) -> SchemaJSON {
        guard let member = self[name] else {
            guard value.objectValue != nil else { throw fault("\(what) is an object") }
            throw fault("\(what) has the member \"\(name)\"", "add it")
        }
        return member
    }

    func members(_ expected: String) throws(SchemaFault) -> [(String, SchemaJSON)] {
        guard let members = value.objectValue else { throw fault(expected) }
        return members.map { ($0, SchemaJSON($1, path + [$0])) }
    }

    func elements(_ expected: String) throws(SchemaFault) -> [SchemaJSON] {
        guard let elements = value.arrayValue else { throw fault(expected) }
        return elements.enumerated().map { SchemaJSON($1, path + ["\($0)"]) }
    }

    func string(_ expected: String) throws(SchemaFault) -> String {
        guard let string = value.stringValue else { throw fault(expected) }
        return string
    }

    func bool(_ expected: String) throws(SchemaFault) -> Bool {
        guard let bool = value.boolValue else { throw fault(expected) }
        return bool
    }

    /// The name of a type, perhaps with a namespace.
    func name() throws(SchemaFault) -> SchemaName {
        let name = try string("a name is a string")
        guard SchemaNames.isPath(name) else { throw fault("`\(name)` cannot be the name of a type") }
        return SchemaName(Text(name), place)
    }

    func names(_ expected: String) throws(SchemaFault) -> [SchemaName] {
        var names: [SchemaName] = []
        for element in try elements(expected) { names.append(try element.name()) }
        return names
    }

    func annotations() throws(SchemaFault) -> SchemaAnnotations {
        var annotations = SchemaAnnotations()
        for (name, value) in try self["annotations"]?.members("annotations is an object") ?? [] {
            guard TypeName.isWord(name) else { throw value.fault("`\(name)` cannot be the name of an annotation") }
            annotations.entries.append(.init(name: name, value: value.isNull ? nil : Text(try value.string("an annotation is a string"))))
        }
        return annotations
    }

    func refuseOthers(_ what: String, _ known: [String]) throws(SchemaFault) {
        for (name, member) in try members("\(what) is an object") where !known.contains(name) {
            let near = Spelling.nearest(to: name, in: known).map { "did you mean \"\($0)\"?" }
            throw member.fault("\(what) has no member \"\(name)\"", near ?? "it has \(known.joined(separator: ", "))")
        }
    }
}
