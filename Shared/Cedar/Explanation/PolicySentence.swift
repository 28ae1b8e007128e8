/// A policy in plain words: who may, or must not, do what to what, and when.
enum PolicySentence {
    static func text(_ policy: Policy) -> String {
        let scope = policy.scope
        let verb = policy.effect == .permit ? "may" : "must not"
        var text = "\(subject(scope.principal, "anybody")) \(verb) \(deed(scope.action)) on \(subject(scope.resource, "anything"))"
        for condition in policy.conditions {
            text += ", \(condition.kind.rawValue) \(PolicyPrinter.text(condition.body, in: policy.tree, limit: 300))"
        }
        return text + "."
    }

    private static func subject(_ constraint: EntityConstraint, _ any: String) -> String {
        switch constraint {
        case .any: any
        case .equal(let reference): reference.words
        case .in(let reference): "\(any) in \(reference.words)"
        case .is(let type): "any \(type)"
        case .isIn(let type, let reference): "any \(type) in \(reference.words)"
        }
    }

    private static func deed(_ constraint: ActionConstraint) -> String {
        switch constraint {
        case .any: "do any action"
        case .equal(let uid): "do \(uid)"
        case .in(let uids): "do \(ActionConstraint.in(uids).words)"
        }
    }
}

extension EntityConstraint {
    var words: String {
        switch self {
        case .any: "anything"
        case .equal(let reference): reference.words
        case .in(let reference): "in \(reference.words)"
        case .is(let type): "of type \(type)"
        case .isIn(let type, let reference): "of type \(type) in \(reference.words)"
        }
    }
}

extension ActionConstraint {
    var words: String {
        switch self {
        case .any: "any action"
        case .equal(let uid): uid.description
        case .in(let uids) where uids.isEmpty: "one of no actions"
        case .in(let uids): "one of \(uids.map(\.description).joined(separator: ", ")) or of what is in them"
        }
    }
}

extension EntityReference {
    fileprivate var words: String {
        switch self {
        case .entity(let uid): uid.description
        case .slot(let slot): slot.rawValue
        }
    }
}
