/// What entity types and actions may be in, through all that they are in.
struct SchemaHierarchy {
    private var entityTypes: [SchemaModel.EntityType]
    private var actions: [SchemaModel.Action]
    /// Of each entity type, by places.
    var parents: [[Int32]]

    init(_ entityTypes: [SchemaModel.EntityType], _ actions: [SchemaModel.Action]) {
        self.entityTypes = entityTypes
        self.actions = actions
        parents = entityTypes.map { _ in [] }
    }

    /// Entity types may be in themselves, actions may not: the fault's suggestion is then the name of one that is.
    mutating func model(_ types: TypeTable) throws(SchemaFault) -> SchemaModel {
        var kept = 0
        for index in entityTypes.indices { entityTypes[index].ancestors = try Self.above(index, parents, &kept) }
        let places = Dictionary(uniqueKeysWithValues: actions.enumerated().map { ($1.uid, Int32($0)) })
        let actionParents = actions.map { $0.parents.compactMap { places[$0] } }
        for index in actions.indices {
            actions[index].ancestors = try Self.above(index, actionParents, &kept)
            guard !actions[index].ancestors.contains(Int32(index)) else {
                let uid = actions[index].uid
                throw SchemaFault("the action \(uid) is in itself", .nowhere, suggestion: uid.description)
            }
            // The types of actions are as their actions are.
            for ancestor in actions[index].ancestors { entityTypes[Int(actions[index].type)].ancestors.insert(actions[Int(ancestor)].type) }
        }
        for (index, type) in entityTypes.enumerated() {
            for ancestor in type.ancestors { entityTypes[Int(ancestor)].descendants.insert(Int32(index)) }
        }
        return SchemaModel(types: types, entityTypes: entityTypes, actions: actions)
    }

    private static func above(_ start: Int, _ parents: [[Int32]], _ kept: inout Int) throws(SchemaFault) -> Set<Int32> {
        var found: Set<Int32> = []
        var waiting = parents[start]
        while let next = waiting.popLast() {
            guard found.insert(next).inserted else { continue }
            waiting += parents[Int(next)]
        }
        kept += found.count
        guard kept <= SchemaLimits.ancestors else {
            throw SchemaFault("the hierarchies have more than \(SchemaLimits.ancestors) pairs of a type and one that it may be in", .nowhere)
        }
        return found
    }
}
