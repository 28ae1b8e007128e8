/// The three entities of a request, each of which a scope constrains.
enum ScopeAxis: Int, CaseIterable, Sendable {
    case principal, action, resource
}

/// What a scope asks of one entity, as far as an index can look it up.
enum ScopeKey: Hashable, Sendable {
    case any
    case equal(EntityUID)
    /// The entity itself or something above it.
    case below(EntityUID)
    case type(Text)
}

extension Scope {
    /// One of these must hold on the axis; where there is none the scope matches nothing.
    func keys(_ axis: ScopeAxis) -> [ScopeKey] {
        switch axis {
        case .principal: principal.keys
        case .resource: resource.keys
        case .action:
            switch action {
            case .any: [.any]
            case .equal(let uid): [.equal(uid)]
            case .in(let uids): Array(Set(uids)).map(ScopeKey.below)
            }
        }
    }
}

extension EntityConstraint {
    fileprivate var keys: [ScopeKey] {
        switch self {
        case .any: [.any]
        case .equal(.entity(let uid)): [.equal(uid)]
        case .in(.entity(let uid)), .isIn(_, .entity(let uid)): [.below(uid)]
        case .is(let type): [.type(type)]
        case .equal(.slot), .in(.slot), .isIn(_, .slot): []
        }
    }
}
