/// Holds values against types. Recursion goes as deep as types do, which is limited, and never as deep as values.
struct ValueChecker {
    let schema: SchemaModel
    let entity: EntityUID?

    func fault(_ path: String, _ message: String, _ suggestion: String? = nil) -> DataFault {
        DataFault(entity: entity, path: path, message: message, suggestion: suggestion)
    }

    func check(_ value: Value, _ type: TypeID, _ path: String) throws(DataFault) {
        switch (schema.types[type], value) {
        case (.bool, .bool), (.long, .long), (.string, .string), (.extension(.ipaddr), .ip), (.extension(.decimal), .decimal),
            (.extension(.datetime), .datetime), (.extension(.duration), .duration):
            return
        case (.set(let element), .set(let set)): for value in set.elements { try check(value, element, "\(path)[]") }
        case (.record(let attributes, _), .record(let record)): try check(record, attributes, path)
        case (.entity(let places), .entity(let uid)):
            guard places.contains(where: { schema[$0].name == uid.type }) else { throw mismatch(value, type, path) }
            try check(uid, path)
        default: throw mismatch(value, type, path)
        }
    }

    private func mismatch(_ value: Value, _ type: TypeID, _ path: String) -> DataFault {
        fault(path, "expected \(schema.describe(type)), found \(value.typeName)")
    }

    /// Attributes that are declared and no others, and all that are required.
    func check(_ record: RecordValue, _ attributes: [AttributeType], _ path: String) throws(DataFault) {
        var found = 0
        for (name, value) in record {
            guard let attribute = attributes[name] else {
                let near = Spelling.nearest(to: name.string, in: attributes, \.name.string).map { "did you mean `\($0)`?" }
                throw fault(path, "there is no attribute \(name.quoted)", near)
            }
            if attribute.isRequired { found += 1 }
            try check(value, attribute.type, "\(path).\(name)")
        }
        guard found < attributes.count(where: \.isRequired) else { return }
        for attribute in attributes where attribute.isRequired && record[attribute.name] == nil {
            throw fault(path, "the attribute \(attribute.name.quoted) is missing")
        }
    }

    /// Of enumerations the id must be one that there is; actions must be declared.
    func check(_ uid: EntityUID, _ path: String) throws(DataFault) {
        if TypeName.isAction(uid.type) {
            guard schema.actionPlace(uid) != nil else { throw fault(path, "there is no action \(uid)") }
            return
        }
        guard let type = schema.entityType(uid.type), let ids = type.ids, !type.has(uid.id) else { return }
        let near = Spelling.nearest(to: uid.id.string, in: ids, \.string).map { "did you mean \(Text($0).quoted)?" }
        throw fault(path, "the entity type `\(uid.type)` has no id \(uid.id.quoted)", near)
    }
}
