/// A name in a schema, and where it stands.
package struct SchemaName: Sendable, CustomStringConvertible {
    package let text: Text
    package let place: SchemaPlace

    init(_ text: Text, _ place: SchemaPlace = .nowhere) {
        self.text = text
        self.place = place
    }

    package var description: String { text.string }
}

extension SchemaName: Hashable {
    package static func == (a: SchemaName, b: SchemaName) -> Bool { a.text == b.text }
    package func hash(into hasher: inout Hasher) { hasher.combine(text) }
}

/// Where something of a schema stands: bytes of a text in Cedar's syntax, or a path into JSON.
package enum SchemaPlace: Sendable, Equatable {
    case nowhere
    case span(SourceSpan)
    case path([String])
}

/// The `@name("value")` of a declaration or an attribute, in their order. Cedar gives them no meaning.
package struct SchemaAnnotations: Hashable, Sendable {
    package var entries: [Entry] = []

    package struct Entry: Sendable {
        package let name: String
        /// Nil where none was written, which says the same as an empty one.
        package let value: Text?
    }
}

extension SchemaAnnotations.Entry: Hashable {
    package static func == (a: Self, b: Self) -> Bool { a.name == b.name && a.value ?? "" == b.value ?? "" }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(name)
        hasher.combine(value ?? "")
    }
}
