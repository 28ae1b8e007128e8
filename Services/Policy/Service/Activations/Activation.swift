internal import FoundationEssentials
internal import Identity
internal import Trust

/// One change of what is in force, or one that was proposed.
struct Activation: Sendable {
    enum Kind: String, Sendable { case bundle, rollback, settings, tighten, blueprint }
    enum State: String, Sendable {
        case awaitingApproval = "awaiting-approval"
        case active, rejected
        /// A replay, or a fault of a composition, keeps it out of force.
        case held
    }

    var id: UUID
    var kind: Kind
    /// Nil where settings change.
    var digest: SHA256Digest?
    var previous: SHA256Digest?
    var settings: PolicySettings?
    var state: State
    var proposedBy: String
    /// Empty while nobody has.
    var decidedBy: String
    var note: String
    var proposed: Date
    var decided: Date?
    var receipt: ReceiptID?
}
