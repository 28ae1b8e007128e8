public import Trust

/// Subtrees that a tree contains whatever its size (draft-ietf-plants-merkle-tree-certs §4).
public enum MerkleSubtree {
    /// Whether `start..<end` is a subtree: it begins at a multiple of the smallest power of two that is not less than its size.
    public static func isValid(_ start: UInt64, _ end: UInt64) -> Bool {
        guard start <= end else { return false }
        let count = end - start
        guard count > 1 else { return true }
        let bits = UInt64(64 - (count - 1).leadingZeroBitCount)
        // A power of two beyond 64 bits divides only zero.
        return bits < 64 ? start & ((1 << bits) - 1) == 0 : start == 0
    }

    /// Whether a tree of `size` leaves with `root` contains the subtree `start..<end` with `subtreeRoot` (§4.4.3).
    public static func isConsistent(
        start: UInt64, end: UInt64, size: UInt64, subtreeRoot: [UInt8], root: [UInt8], proof: [SHA256Digest]
    ) -> Bool {
        guard isValid(start, end), end <= size else { return false }
        guard start < end else { return proof.isEmpty && subtreeRoot == MerkleHash.emptyRoot.bytes }
        if start == 0 && end == size { return proof.isEmpty && subtreeRoot == root }
        guard let subtree = SHA256Digest(bytes: subtreeRoot), let whole = SHA256Digest(bytes: root) else { return false }
        return holds(start, end - 1, size - 1, subtree, whole, proof)
    }

    private static func holds(
        _ start: UInt64, _ lastOfSubtree: UInt64, _ lastOfTree: UInt64, _ subtree: SHA256Digest, _ root: SHA256Digest, _ proof: [SHA256Digest]
    ) -> Bool {
        var (first, last, end) = (start, lastOfSubtree, lastOfTree)
        func shift() { (first, last, end) = (first >> 1, last >> 1, end >> 1) }
        // Climb to the largest perfect subtree at the right edge of the subtree: where that is all of it, its hash is the seed.
        while first != last && (lastOfSubtree == lastOfTree || last & 1 == 1) { shift() }
        var rest = proof[...]
        guard let seed = first == last ? subtree : rest.popFirst() else { return false }
        var hasher = MerkleHasher()
        var (ofSubtree, ofTree) = (seed, seed)
        for sibling in rest {
            guard end != 0 else { return false }
            if last & 1 == 1 || last == end {
                if first < last { ofSubtree = hasher.node(sibling, ofSubtree) }
                ofTree = hasher.node(sibling, ofTree)
                while last & 1 == 0 && last != 0 { shift() }
            } else {
                ofTree = hasher.node(ofTree, sibling)
            }
            shift()
        }
        return end == 0 && ofSubtree == subtree && ofTree == root
    }
}
