import Receipts
import Testing
import Trust

@testable import LedgerCore

@Suite struct LogStateTests {
    static func leaf(_ index: Int) -> SHA256Digest { MerkleHash.leaf(Array("entry \(index)".utf8)) }

    /// Edge hashes of a log as a store would return them.
    static func edges(_ size: Int) -> [[SHA256Digest]] {
        var tree = CompactRange()
        var nodes: [MerkleNode: SHA256Digest] = [:]
        for index in 0..<size { tree.append(leaf(index)) { nodes[$0] = $1 } }
        return (0..<8).map { level in
            let count = UInt64(size) >> UInt64(level * 8)
            return (count & ~0xFF..<count).compactMap { nodes[MerkleNode(level: level * 8, index: $0)] }
        }
    }

    @Test func aLogThatGrewIsTheLogThatWasTakenUp() throws {
        for size in [0, 1, 2, 255, 256, 257, 700, 65_536, 65_793, 66_000] {
            var grown = LogState(origin: "log")
            for index in 0..<size { grown.append(Self.leaf(index)) }
            grown.forgetCompleted()
            var taken = try #require(LogState(origin: "log", size: UInt64(size), edgeHashes: Self.edges(size)))
            #expect(taken == grown && taken.root == CompactRange.root(of: (0..<size).map { Self.leaf($0) }), "size \(size)")
            taken.append(Self.leaf(size))
            grown.append(Self.leaf(size))
            #expect(taken == grown)
        }
    }

    @Test func aStoreWithAHoleIsNotTakenUp() {
        var edges = Self.edges(300)
        edges[0].removeLast()
        #expect(LogState(origin: "log", size: 300, edgeHashes: edges) == nil)
        #expect(LogState(origin: "log", size: 300, edgeHashes: []) == nil)
        #expect(LogState(origin: "log", size: 301, edgeHashes: Self.edges(300)) == nil)
    }

    @Test func everyEntryOfABatchHasItsProof() throws {
        for (start, count) in [(0, 1), (0, 300), (250, 20), (65_500, 300)] {
            var state = try #require(LogState(origin: "log", size: UInt64(start), edgeHashes: Self.edges(start)))
            for index in start..<start + count { state.append(Self.leaf(index)) }
            for index in start..<start + count {
                let path = try #require(state.inclusionPath(of: UInt64(index)))
                #expect(InclusionProof.isValid(leaf: Self.leaf(index), index: UInt64(index), size: state.size, path: path, root: state.root))
            }
            #expect(state.completedTiles.count == (start + count) / 256 - start / 256 + (start + count) / 65_536 - start / 65_536)
            for (_, tile, root) in state.completedTiles { #expect(tile.root == root && tile.hashes.count == 256) }
            #expect(state.inclusionPath(of: state.size) == nil)
        }
    }

    @Test func storedTilesAnswerForOldEntries() throws {
        let size = 70_000
        var state = LogState(origin: "log")
        for index in 0..<size { state.append(Self.leaf(index)) }
        var stored = Dictionary(uniqueKeysWithValues: state.completedTiles.map { ($0.address, $0.tile) })
        for (level, hashes) in Self.edges(size).enumerated() where !hashes.isEmpty {
            stored[TileAddress(level: level, index: UInt64(size) >> UInt64(8 * (level + 1)))] = HashTile(hashes)
        }
        var tiles = TileSet(size: UInt64(size), indices: [0, 255, 256, 65_535, 65_536, 69_999, 70_000])
        #expect(tiles.plans.count == 6, "the last is not in the tree")
        for address in tiles.needed {
            #expect(stored[address]?.hashes.count == address.width(in: UInt64(size)))
            if let tile = stored[address] { tiles.add(tile, at: address) }
        }
        for index in tiles.plans.keys {
            let path = try #require(tiles.inclusionPath(of: index))
            #expect(InclusionProof.isValid(leaf: Self.leaf(Int(index)), index: index, size: UInt64(size), path: path, root: state.root))
        }
        #expect(TileSet(size: 300, indices: [1]).inclusionPath(of: 1) == nil)
    }
}
