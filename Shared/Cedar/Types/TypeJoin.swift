/// How exact types must agree.
public enum ValidationMode: String, Sendable, CaseIterable {
    /// Both sides of an operator, branches of a conditional and elements of a set have one type.
    case strict
    /// They may differ, as far as evaluation does not err.
    case permissive
}

/// Why two types have no common one.
enum JoinFault: Error {
    case kinds, entityTypes, recordWidths, requiredness
}

/// The least types that hold the values of two. Each pair is looked at once, so that types which share their parts cost no more than they
/// have.
struct TypeJoin {
    private struct Pair: Hashable {
        let a: TypeID
        let b: TypeID
    }

    let mode: ValidationMode
    /// From this place on the types of entities are those of actions.
    let firstAction: Int32
    private var known: [Pair: Result<TypeID, JoinFault>] = [:]

    init(_ mode: ValidationMode, firstAction: Int32) {
        self.mode = mode
        self.firstAction = firstAction
    }

    mutating func join(_ a: TypeID, _ b: TypeID, _ types: inout TypeTable) throws(JoinFault) -> TypeID {
        if a == b || b == TypeTable.never { return a }
        if a == TypeTable.never { return b }
        let pair = Pair(a: a, b: b)
        if let known = known[pair] { return try known.get() }
        let result: Result<TypeID, JoinFault>
        do throws(JoinFault) {
            result = .success(try joined(a, b, &types))
        } catch {
            result = .failure(error)
        }
        known[pair] = result
        return try result.get()
    }

    /// Of all; that of none is the type of no value.
    mutating func join(_ list: some Sequence<TypeID>, _ types: inout TypeTable) throws(JoinFault) -> TypeID {
        var result = TypeTable.never
        for type in list { result = try join(result, type, &types) }
        return result
    }

    private mutating func joined(_ a: TypeID, _ b: TypeID, _ types: inout TypeTable) throws(JoinFault) -> TypeID {
        switch (types[a], types[b]) {
        case (.bool, .bool): return TypeTable.bool
        case (.set(let a), .set(let b)):
            let element = try join(a, b, &types)
            return types.id(of: .set(element))
        case (.entity(let a), .entity(let b)):
            guard mode == .permissive else { throw .entityTypes }
            // Of the attributes of actions all is known, which cannot be said of an action or something else.
            if (a + b).contains(where: { $0 >= firstAction }) { return types.id(of: .anyEntity) }
            return types.id(of: .entity(Set(a).union(b).sorted()))
        case (.entity, .anyEntity), (.anyEntity, .entity):
            guard mode == .permissive else { throw .entityTypes }
            return types.id(of: .anyEntity)
        case (.record(let a, let aOpen), .record(let b, let bOpen)): return try joined(a, b, isOpen: aOpen || bOpen, &types)
        default: throw .kinds
        }
    }

    private mutating func joined(
        _ a: [AttributeType], _ b: [AttributeType], isOpen: Bool, _ types: inout TypeTable
    ) throws(JoinFault) -> TypeID {
        if mode == .strict, a.map(\.name) != b.map(\.name) { throw .recordWidths }
        var attributes: [AttributeType] = []
        for left in a {
            guard let right = b[left.name] else { continue }
            do throws(JoinFault) {
                let type = try join(left.type, right.type, &types)
                if mode == .strict, left.isRequired != right.isRequired { throw .requiredness }
                attributes.append(AttributeType(name: left.name, type: type, isRequired: left.isRequired && right.isRequired))
            } catch {
                // What has no common type may be there, but nothing is known of it.
                guard mode == .permissive else { throw error }
            }
        }
        let isComplete = attributes.count == a.count && attributes.count == b.count
        return types.id(of: .record(attributes, isOpen: isOpen || !isComplete))
    }
}
