/// The address of a perfect subtree: `level` 0 are the leaves, and node `index` of level L covers the leaves
/// `index << L ..< (index + 1) << L`.
public struct MerkleNode: Hashable, Sendable {
    public let level: Int
    public let index: UInt64

    public init(level: Int, index: UInt64) {
        self.level = level
        self.index = index
    }

    /// The perfect subtrees, largest first, whose hashes fold into the hash of the leaves `range` of a tree.
    ///
    /// `range` must begin at a multiple of the largest power of two that fits in it, as the ranges of RFC 6962 do.
    static func covering(_ range: Range<UInt64>) -> [MerkleNode] {
        var nodes: [MerkleNode] = []
        var begin = range.lowerBound
        while begin < range.upperBound {
            let level = 63 - (range.upperBound - begin).leadingZeroBitCount
            nodes.append(MerkleNode(level: level, index: begin >> UInt64(level)))
            begin += 1 << UInt64(level)
        }
        return nodes
    }
}
