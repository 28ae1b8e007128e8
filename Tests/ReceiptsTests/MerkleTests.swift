import Testing
import Trust

@testable import Receipts

@Suite struct MerkleTests {
    /// RFC 6962 §2.1 as it is written, to hold the fast forms against.
    static func root(_ leaves: ArraySlice<SHA256Digest>) -> SHA256Digest {
        if leaves.isEmpty { return MerkleHash.emptyRoot }
        if leaves.count == 1 { return leaves[leaves.startIndex] }
        var half = 1
        while half * 2 < leaves.count { half *= 2 }
        return MerkleHash.node(root(leaves.prefix(half)), root(leaves.dropFirst(half)))
    }

    static let leaves = (0..<70).map { MerkleHash.leaf(Array("entry \($0)".utf8)) }

    /// Every perfect subtree of the first `size` leaves.
    static func nodes(_ size: Int) -> [MerkleNode: SHA256Digest] {
        var range = CompactRange()
        var nodes: [MerkleNode: SHA256Digest] = [:]
        for leaf in leaves.prefix(size) { range.append(leaf) { nodes[$0] = $1 } }
        return nodes
    }

    @Test func compactRangesHaveTheRootOfTheDefinition() {
        for size in 0...Self.leaves.count {
            #expect(CompactRange.root(of: Self.leaves.prefix(size)) == Self.root(Self.leaves.prefix(size)))
        }
    }

    @Test func aCompactRangeGoesOnFromItsRoots() throws {
        for size in 0..<Self.leaves.count {
            var first = CompactRange()
            for leaf in Self.leaves.prefix(size) { first.append(leaf) }
            var second = try #require(CompactRange(size: UInt64(size), roots: first.roots))
            for leaf in Self.leaves.dropFirst(size) { second.append(leaf) }
            #expect(second.root == Self.root(Self.leaves[...]))
        }
        #expect(CompactRange(size: 3, roots: [Self.leaves[0]]) == nil)
    }

    @Test func everyInclusionProofHoldsAndOnlyForItsPlace() throws {
        for size in 1...40 {
            let (nodes, root) = (Self.nodes(size), Self.root(Self.leaves.prefix(size)))
            for index in 0..<size {
                let plan = try #require(MerkleProofPlan.inclusion(of: UInt64(index), in: UInt64(size)))
                let path = try plan.proof { try #require(nodes[$0]) }
                func holds(_ index: Int, _ size: Int, _ path: [SHA256Digest]) -> Bool {
                    InclusionProof.isValid(leaf: Self.leaves[index % 70], index: UInt64(index), size: UInt64(size), path: path, root: root)
                }
                #expect(holds(index, size, path))
                #expect(!holds(index ^ 1, size, path))
                #expect(!holds(index, size, path + [root]))
                #expect(path.isEmpty || !holds(index, size, Array(path.dropLast())))
            }
        }
        #expect(MerkleProofPlan.inclusion(of: 5, in: 5) == nil)
    }

    @Test func everyConsistencyProofHoldsAndOnlyForItsSizes() throws {
        for size in 1...40 {
            let nodes = Self.nodes(size)
            let root = Self.root(Self.leaves.prefix(size))
            for old in 1...size {
                let oldRoot = Self.root(Self.leaves.prefix(old))
                let proof = try #require(MerkleProofPlan.consistency(from: UInt64(old), to: UInt64(size))).proof { try #require(nodes[$0]) }
                #expect(ConsistencyProof.isValid(oldSize: UInt64(old), size: UInt64(size), oldRoot: oldRoot, root: root, proof: proof))
                #expect(!ConsistencyProof.isValid(oldSize: UInt64(old), size: UInt64(size), oldRoot: oldRoot, root: root, proof: proof + [root]))
                #expect(old == size || !ConsistencyProof.isValid(oldSize: UInt64(old), size: UInt64(size), oldRoot: root, root: root, proof: proof))
            }
        }
        #expect(MerkleProofPlan.consistency(from: 0, to: 5) == nil && MerkleProofPlan.consistency(from: 6, to: 5) == nil)
        #expect(!ConsistencyProof.isValid(oldSize: 0, size: 1, oldRoot: MerkleHash.emptyRoot, root: Self.leaves[0], proof: []))
    }

    @Test func subtreesBeginWhereTheirSizeAllows() {
        #expect(MerkleSubtree.isValid(4, 8) && MerkleSubtree.isValid(8, 13) && MerkleSubtree.isValid(7, 8) && MerkleSubtree.isValid(3, 3))
        #expect(!MerkleSubtree.isValid(1, 3) && !MerkleSubtree.isValid(2, 5) && !MerkleSubtree.isValid(2, 1))
        #expect(MerkleSubtree.isValid(0, .max) && !MerkleSubtree.isValid(1, .max))
    }
}
