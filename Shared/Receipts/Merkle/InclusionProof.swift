public import Trust

/// Verifies that a leaf stands at an index of a tree (RFC 9162 §2.1.3.2).
public enum InclusionProof {
    /// The root that `path` leads to, or nil where the path has another length than this index in a tree of this size demands.
    public static func root(leaf: SHA256Digest, index: UInt64, size: UInt64, path: [SHA256Digest]) -> SHA256Digest? {
        guard index < size else { return nil }
        var hasher = MerkleHasher()
        var (node, last) = (index, size - 1)
        var hash = leaf
        for sibling in path {
            guard last != 0 else { return nil }
            if node & 1 == 1 || node == last {
                hash = hasher.node(sibling, hash)
                // On the right edge of an unbalanced tree the levels without a sibling are skipped.
                while node & 1 == 0 && node != 0 {
                    node >>= 1
                    last >>= 1
                }
            } else {
                hash = hasher.node(hash, sibling)
            }
            node >>= 1
            last >>= 1
        }
        return last == 0 ? hash : nil
    }

    public static func isValid(leaf: SHA256Digest, index: UInt64, size: UInt64, path: [SHA256Digest], root: SHA256Digest) -> Bool {
        self.root(leaf: leaf, index: index, size: size, path: path) == root
    }

    /// The same for a leaf in the subtree of the leaves `start..<end`, whose hash is `root` (draft-ietf-plants-merkle-tree-certs §4.3).
    public static func isValid(
        leaf: SHA256Digest, index: UInt64, subtree start: UInt64, _ end: UInt64, path: [SHA256Digest], root: SHA256Digest
    ) -> Bool {
        guard MerkleSubtree.isValid(start, end), index >= start, index < end else { return false }
        return isValid(leaf: leaf, index: index - start, size: end - start, path: path, root: root)
    }
}
