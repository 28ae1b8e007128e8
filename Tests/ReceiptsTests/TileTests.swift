import Testing
import Trust

@testable import Receipts

@Suite struct TileTests {
    @Test func pathsOfTheSpecification() {
        #expect(TilePath(.hashes(level: 0), index: 1_234_067).text == "tile/0/x001/x234/067")
        #expect(TilePath(.hashes(level: 2), index: 0, width: 1).text == "tile/2/000.p/1")
        #expect(TilePath(.entries, index: 1000, width: 255).text == "tile/entries/x001/000.p/255")
    }

    /// The example of C2SP tlog-tiles.
    @Test func aTreeOfSeventyThousand() {
        let paths = TilePath.partial(in: 70_000).map(\.text)
        #expect(paths == ["tile/0/273.p/112", "tile/entries/273.p/112", "tile/1/001.p/17", "tile/2/000.p/1"])
        #expect(TilePath.partial(in: 256).map(\.text) == ["tile/1/000.p/1"])
        #expect(TilePath.partial(in: 0).isEmpty)
    }

    /// All nodes of a tree follow from its tiles alone.
    @Test func tilesHoldTheWholeTree() throws {
        var tree = CompactRange()
        var nodes: [MerkleNode: SHA256Digest] = [:]
        for index in 0..<600 { tree.append(MerkleHash.leaf(Array("\(index)".utf8))) { nodes[$0] = $1 } }
        func tile(_ level: Int, _ index: UInt64) -> HashTile {
            let first = index * 256
            return HashTile((first..<first + 256).compactMap { nodes[MerkleNode(level: level * 8, index: $0)] })
        }
        for (node, hash) in nodes {
            let address = HashTile.address(of: node)
            #expect(tile(address.level, address.index).hash(of: node) == hash, "\(node)")
        }
        #expect(tile(0, 0).root == nodes[MerkleNode(level: 8, index: 0)])
        #expect(tile(0, 2).hash(of: MerkleNode(level: 7, index: 4)) == nil, "the partial tile does not reach that far")
        #expect(HashTile(bytes: tile(0, 2).bytes) == tile(0, 2))
        #expect(HashTile(bytes: [1, 2, 3]) == nil && HashTile(bytes: []) == nil)
    }

    @Test func entryBundlesAreWholeEntries() {
        let entries: [[UInt8]] = [[], [1], [UInt8](repeating: 7, count: 300)]
        let bytes = EntryBundle.encode(entries)
        #expect(EntryBundle.decode(bytes) == entries)
        #expect(EntryBundle.decode(Array(bytes.dropLast())) == nil)
        #expect(EntryBundle.decode(bytes + [0]) == nil)
    }
}
