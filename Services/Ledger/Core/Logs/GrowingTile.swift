internal import Receipts
internal import Trust

/// A tile at the right edge of a log with all the nodes that it spans, so that a proof costs no hashing.
struct GrowingTile: Sendable, Hashable {
    let index: UInt64
    /// Nodes by their height within the tile: the tile's own hashes first, then seven levels above them.
    private var layers: [[SHA256Digest]] = Array(repeating: [], count: HashTile.height)

    init(index: UInt64) { self.index = index }

    var hashes: [SHA256Digest] { layers[0] }
    var isFull: Bool { layers[0].count == TilePath.fullWidth }

    /// Nodes of a layer arrive from left to right.
    mutating func add(_ hash: SHA256Digest, height: Int) { layers[height].append(hash) }

    func hash(of node: MerkleNode) -> SHA256Digest? {
        let height = node.level % HashTile.height
        let first = index << UInt64(HashTile.height - height)
        guard node.index >= first, node.index - first < UInt64(layers[height].count) else { return nil }
        return layers[height][Int(node.index - first)]
    }
}
