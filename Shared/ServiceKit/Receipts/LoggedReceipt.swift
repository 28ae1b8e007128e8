public import Receipts

/// A receipt that the tenant's log has taken, with the proof that it did.
public struct LoggedReceipt: Sendable, Hashable {
    public let receipt: SignedReceipt
    public let index: UInt64
    public let treeSize: UInt64
    /// c2sp.org/tlog-proof@v1.
    public let proof: [UInt8]
}
