public import Identity
internal import Trust

/// The receipts of one run with all that proves them, as one file. `docs/receipts.md` describes it.
public struct RunBundle: Hashable, Sendable {
    public struct Item: Hashable, Sendable {
        /// Nil where the payload was erased or withheld.
        public var envelope: Envelope?
        /// The entry of the log.
        public var leaf: [UInt8]
        public var disclosures: [String]
        /// Nil for a receipt that is signed and not logged yet.
        public var proof: LogProof?

        public init(envelope: Envelope?, leaf: [UInt8], disclosures: [String], proof: LogProof?) {
            self.envelope = envelope
            self.leaf = leaf
            self.disclosures = disclosures
            self.proof = proof
        }
    }

    public static let format = "provable-bundle/v1"

    /// The origin of the tenant's log.
    public var origin: String
    public var run: RunID
    public var exportedAt: ReceiptTime
    /// The receipts of the run, in the order of the log.
    public var items: [Item]
    /// The `key/v1` receipts with which the log registered the keys that signed, in the order of the log.
    public var registrations: [Item]
    /// The keys as the exporter states them.
    public var keys: TrustAnchors
    /// Receipts of the run that were known to be signed and not logged when the bundle was written.
    public var pendingCount: Int

    public init(origin: String, run: RunID, exportedAt: ReceiptTime, items: [Item], registrations: [Item], keys: TrustAnchors, pendingCount: Int) {
        self.origin = origin
        self.run = run
        self.exportedAt = exportedAt
        self.items = items
        self.registrations = registrations
        self.keys = keys
        self.pendingCount = pendingCount
    }
}
