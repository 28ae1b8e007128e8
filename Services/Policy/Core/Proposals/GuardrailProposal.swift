internal import Cedar
public import JSON
public import Trust

/// A change of policies that the log suggests. It is a text to publish, not a change.
public struct GuardrailProposal: Hashable, Sendable {
    public enum Kind: String, CaseIterable, Hashable, Sendable {
        /// A permit that permitted nothing in the window.
        case unusedPermit = "unused-permit"
        /// A gate that people opened each time.
        case alwaysApproved = "always-approved"
        /// Far more of one action by one principal in an hour than in its other hours.
        case burst
        /// A principal that is known did what it never did before.
        case novelTuple = "novel-tuple"
    }

    public let kind: Kind
    /// The policy that would go, or come.
    public let policy: String
    /// For a person.
    public let sentence: String
    /// What the tenant's own policies would be.
    public let policies: String
    /// What was seen.
    public let evidence: JSONValue

    /// The same whenever the same is suggested of the same policy: a policy that says something else may be proposed about anew.
    public func identity(in bundle: CompiledBundle) -> SHA256Digest {
        let text = bundle.policies[PolicyID(policy)]?.description ?? ""
        return SHA256Digest(hashing: JSONValue.array([.string(kind.rawValue), .string(policy), .string(text)]).encoded())
    }

    /// False: it loosens, and only people may put it in force.
    public var tightens: Bool { kind != .alwaysApproved }
}

extension BundleDifference {
    /// Whether it can only tighten, whatever is asked: forbids came and permits went, and nothing else is other.
    public func onlyTightens(from old: CompiledBundle, to new: CompiledBundle) -> Bool {
        guard !entitiesDiffer, !expiriesDiffer else { return false }
        return changes.allSatisfy { id, change in
            switch change {
            case .added: new.policies[id]?.effect == .forbid
            case .removed: old.policies[id]?.effect == .permit
            case .changed: false
            }
        }
    }
}
