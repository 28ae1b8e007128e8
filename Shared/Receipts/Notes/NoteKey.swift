public import Trust

/// A key that verifies one kind of signature on notes, as it is handed out: `name+hash+base64(type ‖ key)` (C2SP signed-note).
public struct NoteVerifierKey: Hashable, Sendable {
    public enum Algorithm: UInt8, Hashable, Sendable {
        case ed25519 = 0x01
        /// Ed25519 over the note's text with a time before it: what a witness gives (C2SP tlog-cosignature).
        case cosignature = 0x04
    }

    public let name: String
    public let algorithm: Algorithm
    public let publicKey: Ed25519PublicKey
    /// Four bytes that with the name say which key made a signature. No security rests on them.
    public let keyHash: [UInt8]

    /// Nil where `name` may not stand in a note.
    public init?(name: String, algorithm: Algorithm = .ed25519, publicKey: Ed25519PublicKey) {
        guard Self.isValidName(name) else { return nil }
        self.name = name
        self.algorithm = algorithm
        self.publicKey = publicKey
        keyHash = Array(SHA256Digest(hashing: Array(name.utf8) + [0x0A, algorithm.rawValue] + publicKey.bytes).bytes.prefix(4))
    }

    /// Nil unless `text` is a verifier key of a known algorithm whose hash is its own.
    public init?(text: String) {
        // The key's base64 may hold a plus itself, so only the first two separate.
        let parts = text.split(separator: "+", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, let material = Base64.decode(parts[2]), let type = material.first, let algorithm = Algorithm(rawValue: type),
            let publicKey = try? Ed25519PublicKey(bytes: Array(material.dropFirst()))
        else { return nil }
        self.init(name: String(parts[0]), algorithm: algorithm, publicKey: publicKey)
        guard Hexadecimal.encode(keyHash) == parts[1] else { return nil }
    }

    public var text: String { "\(name)+\(Hexadecimal.encode(keyHash))+\(Base64.encode([algorithm.rawValue] + publicKey.bytes))" }

    /// Printable ASCII without spaces and plus signs: narrower than the specification, so that no name looks like another.
    static func isValidName(_ name: String) -> Bool {
        !name.isEmpty && name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "+") }
    }
}

/// A key that signs notes.
public struct NoteSigner: Sendable {
    public let verifierKey: NoteVerifierKey
    private let key: Ed25519PrivateKey

    /// Nil where `name` may not stand in a note.
    public init?(name: String, key: Ed25519PrivateKey) {
        guard let verifierKey = NoteVerifierKey(name: name, publicKey: key.publicKey) else { return nil }
        self.verifierKey = verifierKey
        self.key = key
    }

    /// The signed note whose text is `text`, which must end with a newline.
    public func sign(_ text: String) throws(TrustError) -> String {
        precondition(text.utf8.last == 0x0A, "a note's text ends with a newline")
        let signature = try key.sign(Array(text.utf8))
        return "\(text)\n\u{2014} \(verifierKey.name) \(Base64.encode(verifierKey.keyHash + signature))\n"
    }
}
