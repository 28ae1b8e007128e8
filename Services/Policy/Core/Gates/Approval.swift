internal import Cedar
internal import Trust

/// Which gates are closed by the approvals that people gave, and which of these did so.
struct Approval {
    /// Gates that still stand; a redaction stands always.
    let remaining: [Gate]
    let used: [ApprovalGrant]
    /// Of gates that still stand and lack people only: who has approved, in the order of their names.
    let approvedBy: [PolicyID: [String]]

    /// An approval counts for the one input it was given for, until it ends, and never where it is the principal's own. A person counts
    /// once towards a quorum, however many approvals carry their name.
    init(of gates: [Gate], by grants: [ApprovalGrant], to question: Question, identity: SHA256Digest) {
        let usable = grants.filter { $0.enforcedIdentity == identity && $0.isUsable(by: question.principal, at: question.time) }
        var used: [ApprovalGrant] = []
        var approvedBy: [PolicyID: [String]] = [:]
        remaining = gates.filter { gate in
            guard gate.kind == .approval else { return true }
            let matching = usable.filter { $0.role == gate.role }
            let people = Set(matching.map { $0.approver.lowercased() })
            guard people.count >= Int(gate.quorum) else {
                if !people.isEmpty { approvedBy[gate.policy] = people.sorted() }
                return true
            }
            used += matching.filter { !used.contains($0) }
            return false
        }
        self.used = used
        self.approvedBy = approvedBy
    }
}
