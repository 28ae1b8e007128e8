public import Receipts
public import Trust

/// A log as its sequencer holds it: the roots that make its root, and the tiles at its right edge. Some tens of kilobytes,
/// whatever the size of the log.
public struct LogState: Sendable, Hashable {
    public let origin: String
    private var range: CompactRange
    /// By tile level; every level has one, if only an empty one.
    private var edges: [GrowingTile]
    /// Tiles that became full since ``forgetCompleted()``.
    private var completed: [TileAddress: CompletedTile] = [:]

    struct CompletedTile: Sendable, Hashable {
        let tile: GrowingTile
        let root: SHA256Digest
    }

    /// Levels that hashes of 64-bit indices can reach.
    public static let levelCount = 8

    public init(origin: String) {
        self.origin = origin
        range = CompactRange()
        edges = (0..<Self.levelCount).map { _ in GrowingTile(index: 0) }
    }

    /// Takes up a log of `size` leaves.
    ///
    /// - Parameter edgeHashes: For each tile level, the hashes of the tile at the right edge; none where it would be empty.
    /// - Returns: Nil where the hashes do not make a tree of this size.
    public init?(origin: String, size: UInt64, edgeHashes: [[SHA256Digest]]) {
        self.init(origin: origin)
        var roots: [SHA256Digest] = []
        for level in 0..<Self.levelCount {
            let count = size >> UInt64(level * HashTile.height)
            let hashes = level < edgeHashes.count ? edgeHashes[level] : []
            guard UInt64(hashes.count) == count & 0xFF else { return nil }
            edges[level] = GrowingTile(index: count >> UInt64(HashTile.height))
            // Appending to a tree of its own gives every node of the tile, and the tile's share of the log's roots.
            var tree = CompactRange()
            for hash in hashes { tree.append(hash) { edges[level].add($1, height: $0.level) } }
            roots = tree.roots.isEmpty ? roots : tree.roots + roots
        }
        guard let range = CompactRange(size: size, roots: roots) else { return nil }
        self.range = range
    }

    public var size: UInt64 { range.size }
    public var root: SHA256Digest { range.root }
    public var checkpoint: Checkpoint { Checkpoint(origin: origin, size: size, root: root) }

    /// Appends an entry by its leaf hash and returns its index.
    @discardableResult
    public mutating func append(_ leaf: SHA256Digest) -> UInt64 {
        let index = size
        var nodes: [(MerkleNode, SHA256Digest)] = []
        range.append(leaf) { nodes.append(($0, $1)) }
        for (node, hash) in nodes {
            let level = node.level / HashTile.height
            let height = node.level % HashTile.height
            if height == 0 && level > 0 { complete(level - 1, root: hash) }
            edges[level].add(hash, height: height)
        }
        return index
    }

    private mutating func complete(_ level: Int, root: SHA256Digest) {
        precondition(edges[level].isFull, "a tile's root exists once the tile is full")
        let full = edges[level]
        completed[TileAddress(level: level, index: full.index)] = CompletedTile(tile: full, root: root)
        edges[level] = GrowingTile(index: full.index + 1)
    }

    /// The tiles that became full, to be stored.
    public var completedTiles: [(address: TileAddress, tile: HashTile, root: SHA256Digest)] {
        completed.sorted { $0.key < $1.key }.map { ($0.key, HashTile($0.value.tile.hashes), $0.value.root) }
    }

    /// Lets go of full tiles once they are stored and the proofs of this batch are made.
    public mutating func forgetCompleted() { completed = [:] }

    /// The path of an entry that was appended since ``forgetCompleted()`` or stands in the tile at the edge; nil for others, whose
    /// tiles must be read.
    public func inclusionPath(of index: UInt64) -> [SHA256Digest]? {
        struct NotHere: Error {}
        guard let plan = MerkleProofPlan.inclusion(of: index, in: size) else { return nil }
        return try? plan.proof { node throws(NotHere) in
            guard let hash = hash(of: node) else { throw NotHere() }
            return hash
        }
    }

    /// A tile that is at the edge or became full in this batch; nil for those that only the store has.
    public func tile(at address: TileAddress) -> HashTile? {
        if let full = completed[address] { return HashTile(full.tile.hashes) }
        let edge = edges[address.level]
        return edge.index == address.index && !edge.hashes.isEmpty ? HashTile(edge.hashes) : nil
    }

    private func hash(of node: MerkleNode) -> SHA256Digest? {
        let address = TileAddress(of: node)
        return completed[address]?.tile.hash(of: node) ?? edges[address.level].hash(of: node)
    }
}
