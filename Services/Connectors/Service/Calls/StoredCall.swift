internal import ConnectorsCore
internal import FoundationEssentials
internal import JSON
internal import Trust

/// A call as its row holds it.
struct StoredCall: Sendable {
    struct Receipt: Sendable {
        var id: UUID
        var digest: SHA256Digest
    }

    var record: VendorCallRecord
    /// Of all attempts, in order.
    var receipts: [Receipt] = []
    /// Intents that no result names yet.
    var openIntents: [SHA256Digest] = []
    var intentReceipt: UUID?
    var reservation: UUID?
    var firstSent: Date?
    var lastSent: Date?
    var output: JSONValue?
    var failure: CallFailure?
    var costMicros: Int64 = 0

    init(record: VendorCallRecord) { self.record = record }
}
