public import Receipts
public import Trust

/// The growing edge of one log: at each tile level the hashes that do not fill a tile yet, and the tiles that were just filled.
///
/// It is all that appending needs: a full tile leaves its root on the level above and is never touched again (C2SP tlog-tiles).
public struct LogFrontier: Hashable, Sendable {
    public private(set) var size: UInt64
    /// Per tile level, fewer than 256 hashes.
    public private(set) var partial: [[SHA256Digest]]
    /// Tiles filled since ``takeCompleted()``, still needed for proofs of the batch that filled them.
    public private(set) var completed: [TileAddress: HashTile] = [:]

    /// An empty log.
    public init() {
        size = 0
        partial = [[]]
    }

    /// Continues a stored log; nil where the hashes are not those of a log of `size` entries.
    public init?(size: UInt64, partial: [[SHA256Digest]]) {
        self.size = size
        self.partial = partial.isEmpty ? [[]] : partial
        for (level, hashes) in self.partial.enumerated() where UInt64(hashes.count) != Self.partialCount(size: size, level: level) { return nil }
        guard Self.levels(of: size) <= self.partial.count else { return nil }
    }

    /// Appends an entry's leaf hash and returns its index.
    @discardableResult
    public mutating func append(_ leaf: SHA256Digest) -> UInt64 {
        let index = size
        size += 1
        push(leaf, level: 0)
        return index
    }

    private mutating func push(_ hash: SHA256Digest, level: Int) {
        if level == partial.count { partial.append([]) }
        partial[level].append(hash)
        guard partial[level].count == TilePath.fullWidth else { return }
        let tile = HashTile(partial[level])
        partial[level] = []
        completed[TileAddress(level: level, index: Self.fullCount(size: size, level: level) - 1)] = tile
        push(tile.root, level: level + 1)
    }

    /// The tiles that were filled, to be stored; forgets them.
    public mutating func takeCompleted() -> [TileAddress: HashTile] {
        defer { completed = [:] }
        return completed
    }

    /// The hash of a perfect subtree where the edge knows it: in a partial tile, or in one that was just filled.
    public func hash(of node: MerkleNode) -> SHA256Digest? {
        let address = TileAddress(covering: node)
        if let tile = completed[address] { return tile.hash(of: node) }
        guard address.level < partial.count, address.index == Self.fullCount(size: size, level: address.level) else { return nil }
        return HashTile(partial[address.level]).hash(of: node)
    }

    /// The root of the tree; nil only where the edge is inconsistent, which ``init(size:partial:)`` refuses.
    public var root: SHA256Digest? {
        if size == 0 { return MerkleHash.emptyRoot }
        return try? MerkleProofPlan.root(of: size).proof { node throws(UnknownNode) in
            guard let hash = hash(of: node) else { throw UnknownNode(node: node) }
            return hash
        }.first
    }

    /// Full tiles of a level in a tree of `size` entries.
    public static func fullCount(size: UInt64, level: Int) -> UInt64 {
        let shift = UInt64(HashTile.height * (level + 1))
        return shift >= 64 ? 0 : size >> shift
    }

    /// Hashes of the partial tile of a level.
    public static func partialCount(size: UInt64, level: Int) -> UInt64 {
        let shift = UInt64(HashTile.height * level)
        return shift >= 64 ? 0 : (size >> shift) % UInt64(TilePath.fullWidth)
    }

    /// Levels that hold at least one hash, at least one.
    public static func levels(of size: UInt64) -> Int {
        var level = 1
        while HashTile.height * level < 64, size >> UInt64(HashTile.height * level) > 0 { level += 1 }
        return level
    }
}

/// Where a tile stands (C2SP tlog-tiles).
public struct TileAddress: Hashable, Sendable {
    public let level: Int
    public let index: UInt64

    public init(level: Int, index: UInt64) {
        self.level = level
        self.index = index
    }

    public init(covering node: MerkleNode) { (level, index) = HashTile.address(of: node) }
}

/// A hash that a proof needs and nobody supplied.
public struct UnknownNode: Error, Hashable, Sendable {
    public let node: MerkleNode

    public init(node: MerkleNode) { self.node = node }
}
