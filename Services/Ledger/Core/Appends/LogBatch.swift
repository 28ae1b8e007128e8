public import Identity
internal import Receipts
public import Trust

/// An entry that was in the log before.
public struct StandingEntry: Hashable, Sendable {
    public let index: UInt64
    public let leafHash: SHA256Digest

    public init(index: UInt64, leafHash: SHA256Digest) {
        self.index = index
        self.leafHash = leafHash
    }
}

/// What one commit does to one log. Pure: the transaction around it is somebody else's.
public struct LogBatch: Sendable {
    /// What became of a submission.
    public enum Placement: Hashable, Sendable {
        case appended(index: UInt64)
        /// The same leaf stands there already; the first place counts.
        case replayed(index: UInt64)
        /// Another leaf has the receipt's id: evidence, never an overwrite.
        case conflict
    }

    public struct Entry: Sendable {
        public let index: UInt64
        public let submission: Submission
    }

    public let tenant: TenantID
    /// One for each submission, in their order.
    public let placements: [Placement]
    /// What is new, in the order of the log.
    public let entries: [Entry]
    /// The log afterwards, with the tiles that became full.
    public let state: LogState

    /// - Parameter standing: Those of the submitted receipts that are in the log, by id.
    public init(tenant: TenantID, state: LogState, standing: [ReceiptID: StandingEntry], submissions: [Submission]) {
        var state = state
        var standing = standing
        var placements: [Placement] = []
        var entries: [Entry] = []
        for submission in submissions {
            if let earlier = standing[submission.receipt] {
                placements.append(earlier.leafHash == submission.leafHash ? .replayed(index: earlier.index) : .conflict)
                continue
            }
            let index = state.append(submission.leafHash)
            standing[submission.receipt] = StandingEntry(index: index, leafHash: submission.leafHash)
            placements.append(.appended(index: index))
            entries.append(Entry(index: index, submission: submission))
        }
        self.tenant = tenant
        self.placements = placements
        self.entries = entries
        self.state = state
    }
}
