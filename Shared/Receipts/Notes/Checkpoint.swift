public import Trust

/// What a log says it is: origin, size, root (C2SP tlog-checkpoint).
public struct Checkpoint: Hashable, Sendable {
    public let origin: String
    public let size: UInt64
    public let root: SHA256Digest

    public init(origin: String, size: UInt64, root: SHA256Digest) {
        self.origin = origin
        self.size = size
        self.root = root
    }

    /// The note's text. No extension lines are written.
    public var text: String { "\(origin)\n\(size)\n\(Base64.encode(root.bytes))\n" }

    /// Nil unless `text` is a checkpoint's text; extension lines are allowed and ignored.
    public init?(text: String) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.count >= 4, !lines[0].isEmpty, let size = Decimal64.parse(lines[1]), let bytes = Base64.decode(lines[2]),
            let root = SHA256Digest(bytes: bytes), lines[3...].dropLast().allSatisfy({ !$0.isEmpty }), lines.last == ""
        else { return nil }
        self.init(origin: String(lines[0]), size: size, root: root)
    }

    /// Signs with the log's key, whose name is the origin.
    public func signed(by signer: NoteSigner) throws(TrustError) -> String { try signer.sign(text) }
}

/// A checkpoint with the note that carries it.
public struct SignedCheckpoint: Hashable, Sendable {
    public let note: String
    public let checkpoint: Checkpoint
    private let signedNote: SignedNote

    /// Nil unless `note` is a signed note whose text is a checkpoint. Nothing is verified yet.
    public init?(_ note: String) {
        guard let signedNote = SignedNote(note), let checkpoint = Checkpoint(text: signedNote.text) else { return nil }
        self.note = note
        self.checkpoint = checkpoint
        self.signedNote = signedNote
    }

    /// Whether the key is this log's and signed. The name must be the origin: another log's key proves nothing here.
    public func isSigned(byLog key: NoteVerifierKey) -> Bool { key.name == checkpoint.origin && signedNote.isSigned(by: key) }

    /// How many of these witnesses cosigned; one key counts once, and the log's own never.
    public func witnessCount(among keys: [NoteVerifierKey]) -> Int {
        let signing = keys.filter { $0.algorithm == .cosignature && $0.name != checkpoint.origin && signedNote.isSigned(by: $0) }
        return Set(signing.map(\.publicKey)).count
    }
}

/// Decimal numbers with one spelling: ASCII digits, no leading zero.
enum Decimal64 {
    static func parse(_ text: some StringProtocol) -> UInt64? {
        let digits = text.utf8
        guard let first = digits.first, digits.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }), first != 0x30 || digits.count == 1 else { return nil }
        return UInt64(text)
    }
}
