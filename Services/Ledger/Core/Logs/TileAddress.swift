public import Receipts

/// Which tile of a log: level and place within the level (C2SP tlog-tiles).
public struct TileAddress: Hashable, Sendable, Comparable {
    public let level: Int
    public let index: UInt64

    public init(level: Int, index: UInt64) {
        self.level = level
        self.index = index
    }

    /// The tile that holds `node`.
    public init(of node: MerkleNode) {
        let address = HashTile.address(of: node)
        self.init(level: address.level, index: address.index)
    }

    /// Hashes that the tile has in a tree of `size` leaves: 256 where it is full.
    public func width(in size: UInt64) -> Int {
        let count = size >> UInt64(level * HashTile.height)
        let first = index << UInt64(HashTile.height)
        return count <= first ? 0 : Int(min(count - first, UInt64(TilePath.fullWidth)))
    }

    public static func < (a: Self, b: Self) -> Bool { (a.level, a.index) < (b.level, b.index) }
}
