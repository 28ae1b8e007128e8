/// What the head of a policy says of one kind of request.
struct ScopeChecker {
    let schema: SchemaModel
    let scope: Scope

    /// Whether a principal or a resource of a type can meet a constraint: always, never, or it depends.
    func verdict(_ constraint: EntityConstraint, _ place: Int32) -> TypeID {
        switch constraint {
        case .any: TypeTable.yes
        case .is(let type): TypeTable.bool(schema[place].name == type)
        case .equal(.slot), .in(.slot): TypeTable.bool
        case .equal(.entity(let uid)): isOf(uid, place) == false ? TypeTable.no : TypeTable.bool
        case .in(.entity(let uid)): isIn(uid, place)
        case .isIn(let type, let reference):
            if schema[place].name != type {
                TypeTable.no
            } else if case .entity(let uid) = reference {
                isIn(uid, place)
            } else {
                TypeTable.bool
            }
        }
    }

    /// Nil for an entity of which the schema knows nothing: that is told, and the rest is looked at.
    private func place(of uid: EntityUID) -> Int32? {
        TypeName.isAction(uid.type) ? schema.action(uid)?.type : schema.place(of: uid.type)
    }

    private func isOf(_ uid: EntityUID, _ place: Int32) -> Bool? { self.place(of: uid).map { $0 == place } }

    private func isIn(_ uid: EntityUID, _ place: Int32) -> TypeID {
        guard let upper = self.place(of: uid) else { return TypeTable.bool }
        return schema.canBe(place, in: upper) ? TypeTable.bool : TypeTable.no
    }

    /// Whether an action is one of those that the head names.
    func verdict(ofAction index: Int) -> TypeID {
        let uid = schema.actions[index].uid
        switch scope.action {
        case .any: return TypeTable.yes
        case .equal(let other): return TypeTable.bool(uid == other)
        case .in(let upper):
            if upper.contains(where: { schema.actionPlace($0) == nil }) { return TypeTable.bool }
            return TypeTable.bool(
                upper.contains { $0 == uid || schema.actionPlace($0).map { schema.actions[index].ancestors.contains(Int32($0)) } == true })
        }
    }

    /// What strict validation has against a list of actions, which is a set like any other.
    func listFault(_ span: SourceSpan) -> ConditionChecker.Fault? {
        guard case .in(let uids) = scope.action else { return nil }
        if uids.isEmpty { return .init(code: .emptySet, span: span, message: "the list of actions is empty", suggestion: nil) }
        guard Set(uids.map(\.type)).count > 1, !uids.contains(where: { schema.actionPlace($0) == nil }) else { return nil }
        return .init(
            code: .incompatibleTypes, span: span, message: "the actions are of several types", suggestion: "write a policy for each of them")
    }

    // MARK: Application

    /// Whether there is an action that applies to a principal and a resource as the head asks for them.
    var isApplicable: Bool {
        candidates.contains { action in
            action.principals.contains { admits(scope.principal, $0) } && action.resources.contains { admits(scope.resource, $0) }
        }
    }

    /// Actions that the head admits; none where it names one that there is not.
    var candidates: [SchemaModel.Action] {
        switch scope.action {
        case .any: return schema.actions
        case .equal(let uid): return schema.action(uid).map { [$0] } ?? []
        case .in(let upper):
            let places = upper.map(schema.actionPlace)
            guard !places.contains(nil) else { return [] }
            let known = Set(places.compactMap { $0.map(Int32.init) })
            return schema.actions.enumerated().filter { known.contains(Int32($0)) || !known.isDisjoint(with: $1.ancestors) }.map(\.element)
        }
    }

    private func admits(_ constraint: EntityConstraint, _ place: Int32) -> Bool {
        let type = schema[place]
        switch constraint {
        case .any, .equal(.slot), .in(.slot): return true
        case .equal(.entity(let uid)): return type.name == uid.type
        case .in(.entity(let uid)): return isBelow(type, uid)
        case .is(let name), .isIn(let name, .slot): return type.name == name
        case .isIn(let name, .entity(let uid)): return type.name == name && isBelow(type, uid)
        }
    }

    private func isBelow(_ type: SchemaModel.EntityType, _ uid: EntityUID) -> Bool {
        type.name == uid.type || schema.entityType(uid.type).flatMap { schema.place(of: $0.name) }.map(type.ancestors.contains) == true
    }

    /// Whether `in` instead of `==` would make the constraint one that some action applies to.
    func wouldInHelp(_ constraint: EntityConstraint, _ types: (SchemaModel.Action) -> [Int32]) -> Bool {
        guard case .equal(.entity(let uid)) = constraint, let place = schema.place(of: uid.type) else { return false }
        let all = candidates.flatMap(types)
        return !all.contains(place) && all.contains { schema[$0].ancestors.contains(place) }
    }
}
