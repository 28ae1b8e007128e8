public import Receipts
public import Trust

/// Rebuilds a log from its entries, one after the other, to be held against everything that is stored about it.
public struct LogRehash: Sendable {
    private var state: LogState
    private var pending: [TileAddress: (tile: HashTile, root: SHA256Digest)] = [:]

    public init(origin: String) { state = LogState(origin: origin) }

    public var size: UInt64 { state.size }
    public var checkpoint: Checkpoint { state.checkpoint }

    public mutating func append(_ leaf: [UInt8]) -> SHA256Digest {
        let hash = MerkleHash.leaf(leaf)
        state.append(hash)
        for (address, tile, root) in state.completedTiles { pending[address] = (tile, root) }
        if !state.completedTiles.isEmpty { state.forgetCompleted() }
        return hash
    }

    /// The full tiles since the last call.
    public mutating func takeTiles() -> [TileAddress: (tile: HashTile, root: SHA256Digest)] {
        defer { pending = [:] }
        return pending
    }
}
