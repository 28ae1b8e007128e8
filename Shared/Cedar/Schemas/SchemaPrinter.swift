extension SchemaFragment {
    /// The schema in Cedar's syntax.
    ///
    /// Refused is what this syntax has no words for: entity types whose shape is a common type, and names of entity types for which a common
    /// type stands.
    public func cedarText() throws(SchemaError) -> String {
        var printer = SchemaPrinter(self)
        for namespace in namespaces { printer.write(namespace) }
        try printer.faults.refuse()
        return printer.text
    }
}

/// Writes declarations in Cedar's usual layout.
struct SchemaPrinter {
    private static let step = "  "

    private(set) var text = ""
    private(set) var faults = SchemaFaults([.none])
    private let lookup: SchemaLookup
    private var space: Text = ""
    private var indent = ""

    init(_ fragment: SchemaFragment) {
        var definitions = SchemaDefinitions()
        var ignored = SchemaFaults([.none])
        for namespace in fragment.namespaces { definitions.add(namespace, of: 0, &ignored) }
        lookup = SchemaLookup(definitions)
    }

    mutating func write(_ namespace: SchemaFragment.Namespace) {
        if !text.isEmpty { text += "\n" }
        space = namespace.name.text
        if space != "" {
            write(namespace.annotations)
            text += "namespace \(space) {\n"
            indent = Self.step
        }
        var isFirst = true
        func separate() {
            if !isFirst { text += "\n" }
            isFirst = false
        }
        for type in namespace.common {
            separate()
            write(type.annotations)
            text += "\(indent)type \(type.name) = \(written(type.type, indent));\n"
        }
        for entity in namespace.entities {
            separate()
            write(entity)
        }
        for action in namespace.actions {
            separate()
            write(action)
        }
        if space != "" { text += "}\n" }
        indent = ""
    }

    private mutating func write(_ annotations: SchemaAnnotations) { text += Self.written(annotations, indent) }

    private static func written(_ annotations: SchemaAnnotations, _ indent: String) -> String {
        annotations.entries.map { "\(indent)@\($0.name)\($0.value.map { "(\($0.quoted))" } ?? "")\n" }.joined()
    }

    private mutating func write(_ entity: SchemaFragment.EntityType) {
        write(entity.annotations)
        text += "\(indent)entity \(entity.name)"
        if let ids = entity.ids {
            text += " enum [\(ids.map(\.quoted).joined(separator: ", "))]"
        } else {
            if !entity.parents.isEmpty { text += " in [\(Self.list(entity.parents))]" }
            if case .record(let attributes) = entity.shape {
                if !attributes.isEmpty { text += " = \(written(entity.shape, indent))" }
            } else {
                faults.add("the shape of `\(entity.name)` is a common type, for which Cedar's syntax has no words", .nowhere, 0)
            }
            if let tags = entity.tags { text += " tags \(written(tags, indent))" }
        }
        text += ";\n"
    }

    private mutating func write(_ action: SchemaFragment.Action) {
        write(action.annotations)
        text += "\(indent)action \(action.name.text.quoted)"
        if !action.parents.isEmpty {
            let parents = action.parents.map { parent in
                parent.type.map { "\($0)::\(parent.id.text.quoted)" } ?? parent.id.text.quoted
            }
            text += " in [\(parents.joined(separator: ", "))]"
        }
        // An action that applies to nothing only groups others.
        if let applies = action.appliesTo, !applies.principals.isEmpty, !applies.resources.isEmpty {
            let inner = indent + Self.step
            text += " appliesTo {\n"
            text += "\(inner)principal: [\(Self.list(applies.principals))],\n"
            text += "\(inner)resource: [\(Self.list(applies.resources))]"
            if applies.context != .record([]) { text += ",\n\(inner)context: \(context(applies.context, of: action, inner))" }
            text += "\n\(indent)}"
        }
        text += ";\n"
    }

    private mutating func context(_ type: SchemaType, of action: SchemaFragment.Action, _ indent: String) -> String {
        switch type {
        case .record, .common: break
        case .entityOrCommon(let name):
            if case .common? = lookup.find(name.text, in: space, .any) { return name.text.string }
            fallthrough
        default: faults.add("the context of the action \(action.name.text.quoted) is neither a record nor a common type", .nowhere, 0)
        }
        return written(type, indent)
    }

    private static func list(_ names: [SchemaName]) -> String { names.map(\.text.string).joined(separator: ", ") }

    // MARK: Types

    private mutating func written(_ type: SchemaType, _ indent: String) -> String {
        switch type {
        case .bool: return Self.own("Bool")
        case .long: return Self.own("Long")
        case .string: return Self.own("String")
        case .extension(let name): return Self.own(name.text.string)
        case .set(let element): return "Set<\(written(element, indent))>"
        case .record(let attributes): return written(attributes, indent)
        case .entityOrCommon(let name): return name.text.string
        case .entity(let name): return reference(name, .entity)
        case .common(let name): return reference(name, .common)
        }
    }

    /// Cedar's own types by their whole names, which nothing can hide.
    private static func own(_ name: String) -> String { "\(TypeName.reservedNamespace)::\(name)" }

    /// A name that is one of an entity type, or of a common type, must not be that of the other where either may stand.
    private mutating func reference(_ name: SchemaName, _ kind: SchemaLookup.Kind) -> String {
        guard let meant = lookup.find(name.text, in: space, kind) else { return name.text.string }
        for candidate in [name.text] + SchemaLookup.candidates(name.text, in: space)
        where lookup.find(candidate, in: space, .any) == meant { return candidate.string }
        faults.add("for the \(kind.words) `\(name)` another type stands, so that Cedar's syntax has no word for it", .nowhere, 0)
        return name.text.string
    }

    private mutating func written(_ attributes: [SchemaType.Attribute], _ indent: String) -> String {
        if attributes.isEmpty { return "{}" }
        let inner = indent + Self.step
        var lines: [String] = []
        for attribute in attributes {
            let name = attribute.name.text.string
            let shown = TypeName.isWord(name) && !Word(name).isReserved ? name : attribute.name.text.quoted
            lines.append(
                "\(Self.written(attribute.annotations, inner))\(inner)\(shown)\(attribute.isRequired ? "" : "?"): \(written(attribute.type, inner))")
        }
        return "{\n\(lines.joined(separator: ",\n"))\n\(indent)}"
    }
}
