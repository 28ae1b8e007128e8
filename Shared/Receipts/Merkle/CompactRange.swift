public import Trust

/// The roots of the perfect subtrees that make up a tree, largest first: all that is needed to append and to know the root.
public struct CompactRange: Hashable, Sendable {
    public private(set) var size: UInt64
    public private(set) var roots: [SHA256Digest]

    public init() {
        size = 0
        roots = []
    }

    /// Nil unless there is one root for each one-bit of `size`.
    public init?(size: UInt64, roots: [SHA256Digest]) {
        guard roots.count == size.nonzeroBitCount else { return nil }
        self.size = size
        self.roots = roots
    }

    /// Appends a leaf and reports each perfect subtree that it completed, the leaf first.
    public mutating func append(_ leaf: SHA256Digest, completed: (MerkleNode, SHA256Digest) -> Void = { _, _ in }) {
        var hasher = MerkleHasher()
        var hash = leaf
        var node = MerkleNode(level: 0, index: size)
        completed(node, hash)
        while node.index & 1 == 1, let left = roots.popLast() {
            hash = hasher.node(left, hash)
            node = MerkleNode(level: node.level + 1, index: node.index >> 1)
            completed(node, hash)
        }
        roots.append(hash)
        size += 1
    }

    public var root: SHA256Digest {
        guard let last = roots.last else { return MerkleHash.emptyRoot }
        var hasher = MerkleHasher()
        return roots.dropLast().reversed().reduce(last) { hasher.node($1, $0) }
    }

    /// The root of a tree over these leaves.
    public static func root(of leaves: some Sequence<SHA256Digest>) -> SHA256Digest {
        var range = CompactRange()
        for leaf in leaves { range.append(leaf) }
        return range.root
    }
}
