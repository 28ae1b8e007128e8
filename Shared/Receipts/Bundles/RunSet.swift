public import JSON
public import Trust

/// The receipts of a run as one digest: what a `run-close` receipt commits to, so that none can be left out afterwards.
public struct RunSet: Hashable, Sendable {
    /// Beyond this the members are not listed and only count and root stand in the receipt; what is missing then has no name.
    private static let listedCount = 400

    /// Digests of the receipts (SHA-256 of their pre-authentication encodings), sorted, each once.
    public let members: [SHA256Digest]

    public init(_ digests: some Sequence<SHA256Digest>) { members = Set(digests).sorted() }

    /// The RFC 6962 root of a tree whose entries are the members' bytes in order.
    public var root: SHA256Digest { CompactRange.root(of: members.map { MerkleHash.leaf($0.bytes) }) }

    /// What the facts of a `run-close` receipt hold.
    public var facts: JSONObject {
        var facts: JSONObject = ["receipts": .int(Int64(members.count)), "set_root": .string(root.hex)]
        if members.count <= Self.listedCount { facts["members"] = .array(members.map { .string($0.hex) }) }
        return facts
    }

    /// The subject of a `run-close` receipt.
    public var subject: ReceiptSubject { ReceiptSubject("run-receipts", root) }
}

/// A run set as a `run-close` receipt states it.
public struct ClaimedRunSet: Hashable, Sendable {
    public let count: Int
    public let root: SHA256Digest
    /// Nil where the run had too many receipts to list.
    public let members: [SHA256Digest]?

    /// Nil unless the facts are those of ``RunSet/facts`` and agree with each other.
    public init?(facts: JSONObject) {
        guard let count = facts["receipts"]?.intValue, let root = facts["set_root"]?.stringValue.flatMap({ SHA256Digest(hex: $0) }) else {
            return nil
        }
        self.count = Int(count)
        self.root = root
        guard let listed = facts["members"] else {
            members = nil
            return
        }
        guard let values = listed.arrayValue else { return nil }
        let members = values.compactMap { $0.stringValue.flatMap { SHA256Digest(hex: $0) } }
        let set = RunSet(members)
        guard set.members.count == values.count, set.members.count == self.count, set.root == root else { return nil }
        self.members = members
    }
}
