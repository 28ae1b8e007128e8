public import Trust

/// All that proves offline that an entry is in a log: its index, the path to the root, the checkpoint (`c2sp.org/tlog-proof@v1`).
public struct LogProof: Hashable, Sendable {
    private static let header = "c2sp.org/tlog-proof@v1"
    /// No tree of 64-bit indices has a longer path.
    private static let maximumPathCount = 63

    public let index: UInt64
    public let path: [SHA256Digest]
    public let checkpoint: SignedCheckpoint

    public init(index: UInt64, path: [SHA256Digest], checkpoint: SignedCheckpoint) {
        self.index = index
        self.path = path
        self.checkpoint = checkpoint
    }

    public var text: String {
        let hashes = path.map { Base64.encode($0.bytes) + "\n" }.joined()
        return "\(Self.header)\nindex \(index)\n\(hashes)\n\(checkpoint.note)"
    }

    /// Nil unless `text` is a proof. Extra data is read over: it is not authenticated.
    public init?(text: String) {
        guard let split = text.firstRange(of: "\n\n"), let checkpoint = SignedCheckpoint(String(text[split.upperBound...])) else { return nil }
        var lines = text[..<split.lowerBound].split(separator: "\n", omittingEmptySubsequences: false)[...]
        guard lines.popFirst() == Self.header[...] else { return nil }
        if let extra = lines.first, extra.hasPrefix("extra ") {
            guard Base64.decode(extra.dropFirst(6)) != nil else { return nil }
            lines.removeFirst()
        }
        guard let line = lines.popFirst(), line.hasPrefix("index "), let index = Decimal64.parse(line.dropFirst(6)),
            lines.count <= Self.maximumPathCount
        else { return nil }
        var path: [SHA256Digest] = []
        for line in lines {
            guard let bytes = Base64.decode(line), let hash = SHA256Digest(bytes: bytes) else { return nil }
            path.append(hash)
        }
        self.init(index: index, path: path, checkpoint: checkpoint)
    }

    /// Whether this entry stands at the index under the checkpoint's root. Says nothing about who signed the checkpoint.
    public func includes(entry: [UInt8]) -> Bool {
        let checkpoint = checkpoint.checkpoint
        return InclusionProof.isValid(
            leaf: MerkleHash.leaf(entry), index: index, size: checkpoint.size, path: path, root: checkpoint.root)
    }
}
