extension Schema: ValueShapes {
    public func attributes(of type: Text) -> ValueShape? { model.entityType(type).map { model.shapes[$0.record] ?? .any } }

    public func tags(of type: Text) -> ValueShape? { model.entityType(type)?.tags.map { model.shapes[$0] ?? .any } }

    public func context(of action: EntityUID) -> ValueShape? { model.action(action).map { model.shapes[$0.context] ?? .any } }

    /// Each with all that it is in.
    public var actions: [Entity] {
        model.actions.map { action in Entity(uid: action.uid, parents: action.ancestors.map { model.actions[Int($0)].uid }.sorted()) }
    }
}

/// The shapes of types. Those that share parts share the shapes of them.
enum TypeShapes {
    static func of(_ roots: [TypeID], _ types: TypeTable) -> [TypeID: ValueShape] {
        var shapes: [TypeID: ValueShape] = [:]
        for root in roots { add(root, types, &shapes) }
        return shapes
    }

    /// Types are no deeper than a schema may be.
    private static func add(_ id: TypeID, _ types: TypeTable, _ shapes: inout [TypeID: ValueShape]) {
        guard shapes[id] == nil else { return }
        switch types[id] {
        case .entity: shapes[id] = .entity
        case .extension(let type): shapes[id] = .extension(type.constructor.rawValue)
        case .set(let element):
            add(element, types, &shapes)
            shapes[id] = .set(shapes[element] ?? .any)
        case .record(let attributes, _):
            var members: [Text: ValueShape] = [:]
            for attribute in attributes {
                add(attribute.type, types, &shapes)
                members[attribute.name] = shapes[attribute.type] ?? .any
            }
            shapes[id] = .record(members)
        default: shapes[id] = .any
        }
    }
}
