/// Types in words for people.
struct TypeDescription {
    /// Characters after which the rest is left out: a type may stand for more than anybody reads.
    private static let lengthMax = 400

    let types: TypeTable
    let entityNames: [Text]
    private var text = ""

    static func of(_ id: TypeID, _ types: TypeTable, _ entityNames: [Text]) -> String {
        var description = TypeDescription(types: types, entityNames: entityNames)
        description.write(id)
        return description.text
    }

    private init(types: TypeTable, entityNames: [Text]) {
        self.types = types
        self.entityNames = entityNames
    }

    private mutating func write(_ id: TypeID) {
        guard text.utf8.count < Self.lengthMax else {
            if !text.hasSuffix("…") { text += "…" }
            return
        }
        switch types[id] {
        case .never: text += "nothing"
        case .bool(let value): text += value.map { "Bool that is always \($0)" } ?? "Bool"
        case .long: text += "Long"
        case .string: text += "String"
        case .extension(let type): text += type.rawValue
        case .anyEntity: text += "any entity"
        case .entity(let places): text += places.map { entityNames[Int($0)].string }.joined(separator: " or ")
        case .set(let element):
            text += "Set<"
            write(element)
            text += ">"
        case .record(let attributes, let isOpen): write(attributes, isOpen)
        }
    }

    private mutating func write(_ attributes: [AttributeType], _ isOpen: Bool) {
        text += "{"
        for (index, attribute) in attributes.enumerated() {
            if index > 0 { text += ", " }
            guard text.utf8.count < Self.lengthMax else {
                text += "…"
                break
            }
            text += TypeName.isAttribute(attribute.name.string) ? attribute.name.string : attribute.name.quoted
            text += attribute.isRequired ? ": " : "?: "
            write(attribute.type)
        }
        if isOpen { text += attributes.isEmpty ? "…" : ", …" }
        text += "}"
    }
}
