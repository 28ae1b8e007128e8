/// What the head of a policy asks of the three entities of a request. It cannot err.
package struct Scope: Hashable, Sendable {
    package let principal: EntityConstraint
    package let action: ActionConstraint
    package let resource: EntityConstraint
}

package enum EntityConstraint: Hashable, Sendable {
    case any
    case equal(EntityUID)
    case `in`(EntityUID)
    case `is`(Text)
    case isIn(Text, EntityUID)
}

package enum ActionConstraint: Hashable, Sendable {
    case any
    case equal(EntityUID)
    case `in`([EntityUID])
}

extension Scope {
    func matches(_ request: Request, _ entities: Entities) -> Bool {
        action.matches(request.action, entities) && principal.matches(request.principal, entities)
            && resource.matches(request.resource, entities)
    }
}

extension EntityConstraint {
    func matches(_ uid: EntityUID, _ entities: Entities) -> Bool {
        switch self {
        case .any: true
        case .equal(let other): uid == other
        case .in(let ancestor): entities.isMember(uid, of: ancestor)
        case .is(let type): uid.type == type
        case .isIn(let type, let ancestor): uid.type == type && entities.isMember(uid, of: ancestor)
        }
    }
}

extension ActionConstraint {
    func matches(_ uid: EntityUID, _ entities: Entities) -> Bool {
        switch self {
        case .any: true
        case .equal(let other): uid == other
        case .in(let ancestors): ancestors.contains { entities.isMember(uid, of: $0) }
        }
    }
}
