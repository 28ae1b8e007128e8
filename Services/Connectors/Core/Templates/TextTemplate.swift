package import JSON

/// Text with `${…}` in it.
package struct TextTemplate: Sendable, Hashable {
    enum Part: Sendable, Hashable {
        case text(String)
        case reference(Reference)
    }

    let parts: [Part]

    package init(_ text: String) throws(TemplateError) {
        var parts: [Part] = []
        var rest = text[...]
        while let start = rest.firstRange(of: "${") {
            if start.lowerBound > rest.startIndex { parts.append(.text(String(rest[..<start.lowerBound]))) }
            guard let end = rest[start.upperBound...].firstIndex(of: "}") else { throw TemplateError("\"\(text)\" opens ${ and does not close it") }
            parts.append(.reference(try Reference(rest[start.upperBound..<end])))
            rest = rest[rest.index(after: end)...]
        }
        if !rest.isEmpty || parts.isEmpty { parts.append(.text(String(rest))) }
        self.parts = parts
    }

    init(parts: [Part]) { self.parts = parts }

    package var references: [Reference] {
        parts.compactMap { if case .reference(let reference) = $0 { reference } else { nil } }
    }

    /// A template that is one reference keeps the type of its value; nil where that is absent.
    package func value(in scope: JSONObject) throws(TemplateError) -> JSONValue? {
        if parts.count == 1, case .reference(let reference) = parts[0] { return reference.value(in: scope) }
        return .string(try text(in: scope))
    }

    /// - Parameter encode: Applied to what references bring in, never to the template's own text.
    package func text(in scope: JSONObject, encode: (String) throws(TemplateError) -> String = { $0 }) throws(TemplateError) -> String {
        var text = ""
        for part in parts {
            switch part {
            case .text(let fixed): text += fixed
            case .reference(let reference):
                guard let value = reference.value(in: scope)?.templateText else {
                    throw TemplateError("\(reference.path.joined(separator: ".")) is missing or is no text")
                }
                text += try encode(value)
            }
        }
        return text
    }
}
