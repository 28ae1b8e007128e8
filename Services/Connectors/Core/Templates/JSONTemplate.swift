package import JSON

/// A JSON document whose texts may hold `${…}`. A member whose whole value refers to something absent is left out.
package indirect enum JSONTemplate: Sendable, Hashable {
    case fixed(JSONValue)
    case text(TextTemplate)
    case array([JSONTemplate])
    case object([Member])

    package struct Member: Sendable, Hashable {
        var name: String
        var value: JSONTemplate
    }

    package init(_ json: JSONValue) throws(TemplateError) {
        switch json {
        case .string(let text): self = .text(try TextTemplate(text))
        case .array(let elements):
            var templates: [JSONTemplate] = []
            for element in elements { templates.append(try JSONTemplate(element)) }
            self = .array(templates)
        case .object(let members):
            var templates: [Member] = []
            for (name, value) in members { templates.append(Member(name: name, value: try JSONTemplate(value))) }
            self = .object(templates)
        case .null, .bool, .int, .double: self = .fixed(json)
        }
    }

    package var references: [Reference] {
        switch self {
        case .fixed: []
        case .text(let template): template.references
        case .array(let elements): elements.flatMap(\.references)
        case .object(let members): members.flatMap(\.value.references)
        }
    }

    package func value(in scope: JSONObject) throws(TemplateError) -> JSONValue? {
        switch self {
        case .fixed(let value): return value
        case .text(let template): return try template.value(in: scope)
        case .array(let elements):
            var values: [JSONValue] = []
            for element in elements {
                guard let value = try element.value(in: scope) else { continue }
                // A list inside a list of templates is spliced: fixed labels beside the caller's own.
                if case .text = element, let list = value.arrayValue { values += list } else { values.append(value) }
            }
            return .array(values)
        case .object(let members):
            var object = JSONObject()
            for member in members { object[member.name] = try member.value.value(in: scope) }
            return .object(object)
        }
    }
}
