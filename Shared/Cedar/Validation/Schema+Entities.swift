extension Schema {
    /// What the schema has against entities: at most one thing of each, in the order of their names.
    public func faults(in entities: Entities) -> [DataFault] {
        var faults: [DataFault] = []
        for entity in entities.all.sorted(by: { $0.uid < $1.uid }) {
            do throws(DataFault) {
                try check(entity, in: entities)
            } catch {
                faults.append(error)
            }
        }
        return faults
    }

    /// Whether an entity is of a type that there is, with the attributes, tags and ancestors that this type may have.
    /// - Parameter entities: All that there are, for its ancestors.
    public func check(_ entity: Entity, in entities: Entities) throws(DataFault) {
        let checker = ValueChecker(schema: model, entity: entity.uid)
        if TypeName.isAction(entity.uid.type) { return try checkAction(entity, checker) }
        guard let type = model.entityType(entity.uid.type) else {
            let near = model.nearestEntityType(to: entity.uid.type)
            throw checker.fault("uid", "there is no entity type `\(entity.uid.type)`", near.map { "did you mean `\($0)`?" })
        }
        try checker.check(entity.uid, "uid")
        try checker.check(entity.attributes, type.attributes, "attrs")
        try check(entity, type, entities, checker)
        guard entity.tags.count > 0 else { return }
        guard let tags = type.tags else { throw checker.fault("tags", "entities of type `\(type.name)` have no tags") }
        for (name, value) in entity.tags { try checker.check(value, tags, "tags.\(name)") }
    }

    private func check(
        _ entity: Entity, _ type: SchemaModel.EntityType, _ entities: Entities, _ checker: ValueChecker
    ) throws(DataFault) {
        var fault: DataFault?
        func look(_ ancestor: EntityUID) {
            guard fault == nil else { return }
            do throws(DataFault) {
                try checker.check(ancestor, "parents")
                guard let place = model.place(of: ancestor.type), type.ancestors.contains(place) else {
                    throw checker.fault("parents", "an entity of type `\(type.name)` cannot be in \(ancestor)")
                }
            } catch {
                fault = error
            }
        }
        entity.parents.forEach(look)
        entities.forEachAncestor(of: entity.uid, look)
        if let fault { throw fault }
    }

    /// Actions are as they are declared: who writes one down names all that it is in.
    private func checkAction(_ entity: Entity, _ checker: ValueChecker) throws(DataFault) {
        guard let action = model.action(entity.uid) else { throw checker.fault("uid", "there is no action \(entity.uid)") }
        guard entity.attributes.count == 0, entity.tags.count == 0 else { throw checker.fault("attrs", "actions have no attributes and no tags") }
        let declared = Set(action.ancestors.map { model.actions[Int($0)].uid })
        guard Set(entity.parents) != declared else { return }
        let expected = declared.sorted().map(\.description).joined(separator: ", ")
        throw checker.fault("parents", "the action is not in what the schema says", "it is in \(expected.isEmpty ? "nothing" : expected)")
    }
}
