public import Cedar

/// What one bundle says otherwise than another, policy by policy.
public struct BundleDifference: Sendable {
    public enum Change: Hashable, Sendable {
        case added(after: String)
        case removed(before: String)
        case changed(before: String, after: String)

        public var word: String {
            switch self {
            case .added: "added"
            case .removed: "removed"
            case .changed: "changed"
            }
        }

        public var before: String {
            switch self {
            case .added: ""
            case .removed(let before), .changed(let before, _): before
            }
        }

        public var after: String {
            switch self {
            case .removed: ""
            case .added(let after), .changed(_, let after): after
            }
        }
    }

    /// In the order of the ids.
    public let changes: [(policy: PolicyID, change: Change)]
    public let entitiesDiffer: Bool
    public let schemasDiffer: Bool
    public let expiriesDiffer: Bool

    /// Policies are the same where they say the same: neither their places nor their layout count, and neither do comments.
    public init(from old: CompiledBundle, to new: CompiledBundle) {
        var changes: [(policy: PolicyID, change: Change)] = []
        for policy in old.policies.policies {
            let before = policy.description
            guard let other = new.policies[policy.id] else {
                changes.append((policy.id, .removed(before: before)))
                continue
            }
            let after = other.description
            if after.utf8.elementsEqual(before.utf8) { continue }
            changes.append((policy.id, .changed(before: before, after: after)))
        }
        for policy in new.policies.policies where old.policies[policy.id] == nil {
            changes.append((policy.id, .added(after: policy.description)))
        }
        self.changes = changes.sorted { $0.policy < $1.policy }
        entitiesDiffer = old.content.entities != new.content.entities
        schemasDiffer = old.content.schema != new.content.schema
        expiriesDiffer = old.content.expires != new.content.expires
    }
}
