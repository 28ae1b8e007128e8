public import Receipts
public import Trust

/// The tiles that some proofs need, read from a store.
public struct TileSet: Sendable {
    public let size: UInt64
    public let plans: [UInt64: MerkleProofPlan]
    private var tiles: [TileAddress: HashTile] = [:]

    /// - Parameter indices: The entries to be proved in a tree of `size`; those that are not in it are left out.
    public init(size: UInt64, indices: some Sequence<UInt64>) {
        self.size = size
        plans = Dictionary(indices.compactMap { index in MerkleProofPlan.inclusion(of: index, in: size).map { (index, $0) } }) { first, _ in first }
    }

    public var needed: [TileAddress] { Set(plans.values.flatMap { $0.nodes.map { TileAddress(of: $0) } }).sorted() }

    public mutating func add(_ tile: HashTile, at address: TileAddress) { tiles[address] = tile }

    /// Nil where the entry is not in the tree or a tile was not found: the store has a hole.
    public func inclusionPath(of index: UInt64) -> [SHA256Digest]? {
        struct Hole: Error {}
        return try? plans[index]?.proof { node throws(Hole) in
            guard let hash = tiles[TileAddress(of: node)]?.hash(of: node) else { throw Hole() }
            return hash
        }
    }
}
