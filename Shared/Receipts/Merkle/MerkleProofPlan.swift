public import Trust

/// Which stored hashes a proof is made of, worked out before any of them is read.
///
/// Each element of the proof is the fold of one or more perfect subtrees, so that a log which keeps only perfect subtrees (as
/// tiles do) can answer for a tree of any size, and can read all that is needed at once.
public struct MerkleProofPlan: Hashable, Sendable {
    /// One list for each hash of the proof, in the proof's order.
    public let elements: [[MerkleNode]]

    public var nodes: Set<MerkleNode> { Set(elements.joined()) }

    /// The path from leaf `index` to the root of a tree of `size` leaves (RFC 6962 §2.1.1); nil where there is no such leaf.
    public static func inclusion(of index: UInt64, in size: UInt64) -> MerkleProofPlan? {
        guard index < size else { return nil }
        var ranges: [Range<UInt64>] = []
        var part = 0..<size
        while part.upperBound - part.lowerBound > 1 {
            let middle = part.lowerBound + largestPowerOfTwo(below: part.upperBound - part.lowerBound)
            if index < middle {
                ranges.append(middle..<part.upperBound)
                part = part.lowerBound..<middle
            } else {
                ranges.append(part.lowerBound..<middle)
                part = middle..<part.upperBound
            }
        }
        return MerkleProofPlan(elements: ranges.reversed().map { MerkleNode.covering($0) })
    }

    /// The proof that a tree of `size` leaves begins with the tree of `oldSize` leaves (RFC 6962 §2.1.2).
    public static func consistency(from oldSize: UInt64, to size: UInt64) -> MerkleProofPlan? {
        guard oldSize > 0, oldSize <= size else { return nil }
        var ranges: [Range<UInt64>] = []
        var part = 0..<size
        while part.upperBound != oldSize {
            let middle = part.lowerBound + largestPowerOfTwo(below: part.upperBound - part.lowerBound)
            if oldSize <= middle {
                ranges.append(middle..<part.upperBound)
                part = part.lowerBound..<middle
            } else {
                ranges.append(part.lowerBound..<middle)
                part = middle..<part.upperBound
            }
        }
        // The old root itself is known to the verifier and left out.
        if part.lowerBound > 0 { ranges.append(part) }
        return MerkleProofPlan(elements: ranges.reversed().map { MerkleNode.covering($0) })
    }

    /// The root of the tree of the first `size` leaves as a plan of one element.
    public static func root(of size: UInt64) -> MerkleProofPlan { MerkleProofPlan(elements: [MerkleNode.covering(0..<size)]) }

    /// The proof, with each perfect subtree's hash from `hash`.
    public func proof<Failure: Error>(_ hash: (MerkleNode) throws(Failure) -> SHA256Digest) throws(Failure) -> [SHA256Digest] {
        var hasher = MerkleHasher()
        var proof: [SHA256Digest] = []
        for element in elements {
            var folded: SHA256Digest?
            for node in element.reversed() {
                let left = try hash(node)
                folded = folded.map { hasher.node(left, $0) } ?? left
            }
            proof.append(folded ?? MerkleHash.emptyRoot)
        }
        return proof
    }

    private static func largestPowerOfTwo(below count: UInt64) -> UInt64 { 1 << UInt64(63 - (count - 1).leadingZeroBitCount) }
}
