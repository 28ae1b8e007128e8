public import Trust

/// The hashes of RFC 6962 §2.1 (RFC 9162 §2.1.1) with SHA-256.
public enum MerkleHash {
    /// The root of a tree without leaves: the hash of nothing.
    public static let emptyRoot = SHA256Digest(hashing: [UInt8]())

    public static func leaf(_ entry: [UInt8]) -> SHA256Digest {
        var hasher = MerkleHasher()
        return hasher.leaf(entry)
    }

    public static func node(_ left: SHA256Digest, _ right: SHA256Digest) -> SHA256Digest {
        var hasher = MerkleHasher()
        return hasher.node(left, right)
    }
}

/// The same hashes with one digest context for many of them, for whoever hashes a whole log.
public struct MerkleHasher: ~Copyable {
    private var hasher = SHA256Hasher()

    public init() {}

    public mutating func leaf(_ entry: [UInt8]) -> SHA256Digest {
        hasher.update(byte: 0)
        hasher.update(entry)
        return hasher.finish()
    }

    public mutating func node(_ left: SHA256Digest, _ right: SHA256Digest) -> SHA256Digest {
        hasher.update(byte: 1)
        hasher.update(left)
        hasher.update(right)
        return hasher.finish()
    }
}
