extension Schema {
    /// Whether both declare the same, in whatever order and under whatever common types.
    public func hasSameDefinitions(as other: Schema) -> Bool {
        let (a, b) = (model, other.model)
        guard a.entityTypes.count == b.entityTypes.count, a.actions.count == b.actions.count else { return false }
        var same = SameTypes(a: a, b: b)
        for (place, type) in a.entityTypes.enumerated() {
            guard let match = b.place(of: type.name), same.entityTypes(type, b[match], Int32(place)) else { return false }
        }
        for action in a.actions { guard let match = b.action(action.uid), same.actions(action, match) else { return false } }
        return true
    }
}

/// Compares the types of two schemas, each pair once.
private struct SameTypes {
    private struct Pair: Hashable {
        let a: TypeID
        let b: TypeID
    }

    let a: SchemaModel
    let b: SchemaModel
    private var known: [Pair: Bool] = [:]

    init(a: SchemaModel, b: SchemaModel) {
        self.a = a
        self.b = b
    }

    mutating func entityTypes(_ one: SchemaModel.EntityType, _ other: SchemaModel.EntityType, _ place: Int32) -> Bool {
        guard one.isAction == other.isAction, one.ids.map(Set.init) == other.ids.map(Set.init), same(one.record, other.record) else { return false }
        guard (one.tags == nil) == (other.tags == nil), Set(one.ancestors.map { a[$0].name }) == Set(other.ancestors.map { b[$0].name }) else {
            return false
        }
        guard let tags = one.tags, let others = other.tags else { return true }
        return same(tags, others)
    }

    /// Actions that apply to nothing are alike in that, whatever else is said of them.
    mutating func actions(_ one: SchemaModel.Action, _ other: SchemaModel.Action) -> Bool {
        guard Set(one.ancestors.map { a.actions[Int($0)].uid }) == Set(other.ancestors.map { b.actions[Int($0)].uid }) else { return false }
        if one.principals.isEmpty || one.resources.isEmpty { return other.principals.isEmpty || other.resources.isEmpty }
        return Set(one.principals.map { a[$0].name }) == Set(other.principals.map { b[$0].name })
            && Set(one.resources.map { a[$0].name }) == Set(other.resources.map { b[$0].name }) && same(one.context, other.context)
    }

    private mutating func same(_ one: TypeID, _ other: TypeID) -> Bool {
        let pair = Pair(a: one, b: other)
        if let known = known[pair] { return known }
        let result = compare(one, other)
        known[pair] = result
        return result
    }

    private mutating func compare(_ one: TypeID, _ other: TypeID) -> Bool {
        switch (a.types[one], b.types[other]) {
        case (.set(let one), .set(let other)): return same(one, other)
        case (.entity(let one), .entity(let other)): return one.map { a[$0].name } == other.map { b[$0].name }
        case (.record(let one, _), .record(let other, _)):
            guard one.map(\.name) == other.map(\.name), one.map(\.isRequired) == other.map(\.isRequired) else { return false }
            for (one, other) in zip(one, other) { guard same(one.type, other.type) else { return false } }
            return true
        case (let one, let other): return one == other
        }
    }
}
