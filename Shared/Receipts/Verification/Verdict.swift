public import JSON

/// What verification says about one receipt of a bundle.
public struct ReceiptVerdict: Hashable, Sendable {
    /// Place in the file, from 0.
    public var position: Int
    /// Place in the log; nil where it is not proved.
    public var index: UInt64?
    public var id: String
    public var kind: String
    public var service: String
    public var outcome: Outcome
    public var reason: String
}

/// What verification says about a bundle.
public struct Verdict: Hashable, Sendable {
    public var outcome: Outcome
    /// The gravest finding in a sentence.
    public var reason: String
    public var origin: String
    public var run: String
    public var receipts: [ReceiptVerdict]
    /// Each statement about the whole, for example that the set is complete.
    public var notes: [String]
    /// Whether the keys came from the verifying side and not from the file.
    public var keysArePinned: Bool

    public var json: JSONValue {
        [
            "verdict": .string(outcome.name),
            "exit_code": .int(Int64(outcome.exitCode)),
            "reason": .string(reason),
            "keys": keysArePinned ? "pinned" : "from the bundle",
            "origin": .string(origin),
            "run": .string(run),
            "notes": .array(notes.map { .string($0) }),
            "receipts": .array(receipts.map { Self.json(of: $0) }),
        ]
    }

    private static func json(of receipt: ReceiptVerdict) -> JSONValue {
        [
            "index": receipt.index.map { .int(Int64(clamping: $0)) } ?? .null,
            "id": .string(receipt.id),
            "kind": .string(receipt.kind),
            "service": .string(receipt.service),
            "verdict": .string(receipt.outcome.name),
            "reason": .string(receipt.reason),
        ]
    }
}
