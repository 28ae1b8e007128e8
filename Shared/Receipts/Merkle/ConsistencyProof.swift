public import Trust

/// Verifies that a tree begins with another (RFC 9162 §2.1.4.2).
public enum ConsistencyProof {
    /// Roots are bytes as they arrived, since two trees of one size are compared without hashing anything. A proof from an empty
    /// tree says nothing and is refused.
    public static func isValid(oldSize: UInt64, size: UInt64, oldRoot: [UInt8], root: [UInt8], proof: [SHA256Digest]) -> Bool {
        guard oldSize > 0 else { return false }
        return MerkleSubtree.isConsistent(start: 0, end: oldSize, size: size, subtreeRoot: oldRoot, root: root, proof: proof)
    }

    public static func isValid(
        oldSize: UInt64, size: UInt64, oldRoot: SHA256Digest, root: SHA256Digest, proof: [SHA256Digest]
    ) -> Bool {
        isValid(oldSize: oldSize, size: size, oldRoot: oldRoot.bytes, root: root.bytes, proof: proof)
    }
}
