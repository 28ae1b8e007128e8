/// What the head of a policy or a template asks of the three entities of a request. It cannot err.
package struct Scope: Hashable, Sendable {
    package let principal: EntityConstraint
    package let action: ActionConstraint
    package let resource: EntityConstraint

    package init(principal: EntityConstraint, action: ActionConstraint, resource: EntityConstraint) {
        self.principal = principal
        self.action = action
        self.resource = resource
    }
}

package enum EntityConstraint: Hashable, Sendable {
    case any
    case equal(EntityReference)
    case `in`(EntityReference)
    case `is`(Text)
    case isIn(Text, EntityReference)
}

package enum ActionConstraint: Hashable, Sendable {
    case any
    case equal(EntityUID)
    case `in`([EntityUID])
}

/// An entity by its name, or the place for one in a template.
package enum EntityReference: Hashable, Sendable {
    case entity(EntityUID)
    case slot(Slot)
}

/// A place in the scope of a template that a link fills.
public enum Slot: String, Hashable, Sendable, CaseIterable, CustomStringConvertible {
    case principal = "?principal"
    case resource = "?resource"

    public var description: String { rawValue }
}

extension EntityConstraint {
    /// What stands at its right side.
    package var reference: EntityReference? {
        switch self {
        case .any, .is: nil
        case .equal(let reference), .in(let reference), .isIn(_, let reference): reference
        }
    }

    package var slot: Slot? {
        guard case .slot(let slot)? = reference else { return nil }
        return slot
    }

    /// This constraint with the slot's value in its place.
    func filled(_ values: [Slot: EntityUID]) -> EntityConstraint {
        guard let slot, let uid = values[slot] else { return self }
        switch self {
        case .any, .is: return self
        case .equal: return .equal(.entity(uid))
        case .in: return .in(.entity(uid))
        case .isIn(let type, _): return .isIn(type, .entity(uid))
        }
    }
}

extension Scope {
    var slots: [Slot] { [principal.slot, resource.slot].compactMap(\.self) }

    func filled(_ values: [Slot: EntityUID]) -> Scope {
        Scope(principal: principal.filled(values), action: action, resource: resource.filled(values))
    }

    func matches(_ request: Request, _ entities: Entities) -> Bool {
        action.matches(request.action, entities) && principal.matches(request.principal, entities)
            && resource.matches(request.resource, entities)
    }
}

extension EntityConstraint {
    /// A slot that nothing fills is no entity.
    func matches(_ uid: EntityUID, _ entities: Entities) -> Bool {
        switch self {
        case .any: true
        case .is(let type): uid.type == type
        case .equal(.entity(let other)): uid == other
        case .in(.entity(let ancestor)): entities.isMember(uid, of: ancestor)
        case .isIn(let type, .entity(let ancestor)): uid.type == type && entities.isMember(uid, of: ancestor)
        case .equal(.slot), .in(.slot), .isIn(_, .slot): false
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
