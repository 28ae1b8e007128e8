public import Trust

/// Up to 256 consecutive hashes of one level of the tree, from which the seven levels above them follow.
public struct HashTile: Hashable, Sendable {
    /// Tree levels that one tile spans.
    public static let height = 8

    public let hashes: [SHA256Digest]

    public init(_ hashes: [SHA256Digest]) { self.hashes = hashes }

    /// Nil unless the bytes are 1 to 256 whole hashes.
    public init?(bytes: [UInt8]) {
        guard !bytes.isEmpty, bytes.count % SHA256Digest.byteCount == 0, bytes.count <= TilePath.fullWidth * SHA256Digest.byteCount else {
            return nil
        }
        hashes = stride(from: 0, to: bytes.count, by: SHA256Digest.byteCount).compactMap {
            SHA256Digest(bytes: bytes[$0..<$0 + SHA256Digest.byteCount])
        }
    }

    public var bytes: [UInt8] { hashes.flatMap { $0.bytes } }

    /// The tile in which the hash of `node` stands or from which it follows.
    public static func address(of node: MerkleNode) -> (level: Int, index: UInt64) {
        let level = node.level / height
        return (level, node.index >> UInt64(height - node.level % height))
    }

    /// The hash of `node`, or nil where this tile does not reach that far.
    public func hash(of node: MerkleNode) -> SHA256Digest? {
        let levelsUp = node.level % Self.height
        let first = Int(node.index & ((1 << UInt64(Self.height - levelsUp)) - 1)) << levelsUp
        let last = first + 1 << levelsUp
        guard last <= hashes.count else { return nil }
        var layer = Array(hashes[first..<last])
        var hasher = MerkleHasher()
        while layer.count > 1 {
            var above: [SHA256Digest] = []
            above.reserveCapacity(layer.count / 2)
            for position in stride(from: 0, to: layer.count, by: 2) { above.append(hasher.node(layer[position], layer[position + 1])) }
            layer = above
        }
        return layer[0]
    }

    /// The root of the subtree under a full tile: one hash of the level above.
    public var root: SHA256Digest { CompactRange.root(of: hashes) }
}
