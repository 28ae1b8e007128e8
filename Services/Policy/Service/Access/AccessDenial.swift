internal import FoundationEssentials
internal import Identity
internal import PolicyCore
internal import Trust
internal import Wire

/// A denial that an approval would turn: what a request for that approval is held against.
struct AccessDenial: Sendable {
    var decision: UUID
    var asker: String
    var subjectType: String
    var subject: String
    var action: String
    var resourceType: String
    var resource: String
    var binding: DenialBinding
    /// Of the input that an approver sees.
    var identity: SHA256Digest
    var needs: [AccessTask.Need]
    var expires: Date
}

/// A request for an approval as it is stored.
struct StoredAccessTask: Sendable {
    var id: UUID
    var decision: UUID
    var created: Date
    var justification: String
    /// Of the caller, and of what it sent under that key; empty where it sent none.
    var submitKey: String
    var submitDigest: SHA256Digest
    /// Of its approval; a name that nobody knows before it is given.
    var approvalID: UUID?
    var task: AccessTask

    var approval: PolicyAccessV1.Approval? {
        guard let approvalID, let approved = task.approved, let until = task.approvedUntil else { return nil }
        return PolicyAccessV1.Approval(approvalID: approvalID.bytes, approvedMicros: approved.micros, approvedUntilMicros: until.micros)
    }
}
