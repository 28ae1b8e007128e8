internal import Wire

/// Messages as the ledger sends them, in three sizes.
enum Samples {
    /// About 64 bytes.
    static let small = LedgerV1.AppendResponse(index: 41_234, treeSize: 41_235, proof: bytes(16, from: 1), leafDigest: bytes(32, from: 9))

    /// 719 bytes, the size that the codec was designed with: what is asked before a call, with words and messages within it.
    static let medium = PolicyV1.DecideRequest(
        principal: PolicyV1.EntityReference(type: "User", id: "dana@acme.example"), roles: ["operator", "change-approver", "finance"],
        action: "changes.change.apply", resource: PolicyV1.EntityReference(type: "Target", id: "payments-production"),
        contextJSON: Array(#"{"channel":"web","cost_micros":100,"environment":"production","risk":"medium","weekday":3}"#.utf8),
        inputJSON: Array(
            (#"{"reason":"the launch of the summer campaign doubles the traffic of the checkout for the next three weeks","#
                + #""setting":"rate-limit","target":"payments-production","value":"1500"}"#).utf8),
        grants: ["change-approver", "finance"].map { role in
            PolicyV1.Grant(
                gate: "approval", role: role, approver: "robin@acme.example", taskID: bytes(16, from: 1), enforcedIdentity: bytes(32, from: 2),
                expiresMicros: 1_780_000_000_000_000)
        }, runID: bytes(16, from: 3), step: "apply-change", causes: [bytes(32, from: 4), bytes(32, from: 5)], requestID: bytes(16, from: 6))

    /// About 600 bytes, of which most are opaque: a receipt with its envelope.
    static let record = record(3, envelope: 260, leaf: 160)

    /// About 16 KiB: a page of receipts without their envelopes.
    static let large = LedgerV1.ListReceiptsResponse(receipts: (0..<74).map { record($0, envelope: 0, leaf: 0) }, nextCursor: bytes(16, from: 5))

    private static func record(_ index: Int, envelope: Int, leaf: Int) -> LedgerV1.ReceiptRecord {
        LedgerV1.ReceiptRecord(
            receiptID: bytes(16, from: index), index: UInt64(40_000 + index), kind: "connector-call/v1", phase: "result",
            emitter: "spiffe://example.org/connectors", runID: bytes(16, from: index + 1), step: "open-change-request-\(index)", outcome: "success",
            timeMicros: 1_780_000_000_000_000 + Int64(index), envelope: bytes(envelope, from: 2), leaf: bytes(leaf, from: 3), disclosures: [],
            causes: [bytes(16, from: index + 2)], digest: bytes(32, from: index + 3))
    }

    private static func bytes(_ count: Int, from start: Int) -> [UInt8] { (0..<count).map { UInt8(truncatingIfNeeded: start &+ $0 &* 7) } }
}
