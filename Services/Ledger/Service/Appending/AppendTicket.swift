internal import LedgerCore

/// Where a submission stands in the log, with all that proves it offline.
struct Acknowledgement: Sendable {
    var index: UInt64
    var treeSize: UInt64
    var proof: String
    var leafHash: [UInt8]
    /// The same bytes had been appended before; the first place stands.
    var isReplay: Bool
}

/// A submission and whoever waits for its place.
struct AppendTicket: Sendable {
    let submission: Submission
    let continuation: CheckedContinuation<Acknowledgement, any Error>
}
