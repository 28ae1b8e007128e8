public import FoundationEssentials
public import Identity
public import Trust

/// An approval by a person, of one input.
public struct ApprovalGrant: Hashable, Sendable {
    public let role: String
    public let approver: String
    public let task: TaskID
    /// Of the input that the approver saw.
    public let enforcedIdentity: SHA256Digest
    public let expires: Date

    public init(role: String, approver: String, task: TaskID, enforcedIdentity: SHA256Digest, expires: Date) {
        self.role = role
        self.approver = approver
        self.task = task
        self.enforcedIdentity = enforcedIdentity
        self.expires = expires
    }

    /// Nobody approves what they ask for themselves, also under another spelling of their address.
    func isUsable(by principal: String, at time: Date) -> Bool {
        time < expires && !role.isEmpty && !approver.isEmpty && approver.lowercased() != principal.lowercased()
    }
}
