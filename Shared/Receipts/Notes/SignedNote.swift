internal import Trust

/// A text and the signatures below it (C2SP signed-note), read as golang.org/x/mod/sumdb/note does.
public struct SignedNote: Hashable, Sendable {
    public struct Signature: Hashable, Sendable {
        public let name: String
        public let keyHash: [UInt8]
        public let bytes: [UInt8]
    }

    /// With its last newline: the bytes that are signed.
    public let text: String
    public let signatures: [Signature]

    private static let maximumByteCount = 1 << 20
    private static let maximumSignatureCount = 100

    /// Nil unless `note` is a well-formed signed note.
    public init?(_ note: String) {
        let bytes = Array(note.utf8)
        guard bytes.count <= Self.maximumByteCount, bytes.last == 0x0A, !bytes.contains(where: { $0 < 0x20 && $0 != 0x0A }),
            let split = Self.lastEmptyLine(bytes)
        else { return nil }
        let lines = bytes[(split + 2)...].dropLast().split(separator: 0x0A, omittingEmptySubsequences: false)
        guard lines.count <= Self.maximumSignatureCount else { return nil }
        var signatures: [Signature] = []
        for line in lines {
            guard let signature = Self.signature(String(decoding: line, as: UTF8.self)) else { return nil }
            signatures.append(signature)
        }
        guard !signatures.isEmpty else { return nil }
        text = String(decoding: bytes[...split], as: UTF8.self)
        self.signatures = signatures
    }

    /// Whether `key` signed this note. A signature that names the key and does not verify makes the note false, whatever else is
    /// below it.
    public func isSigned(by key: NoteVerifierKey) -> Bool {
        let own = signatures.filter { $0.name == key.name && $0.keyHash == key.keyHash }
        return !own.isEmpty && own.allSatisfy { isValid($0, key) }
    }

    private func isValid(_ signature: Signature, _ key: NoteVerifierKey) -> Bool {
        switch key.algorithm {
        case .ed25519: key.publicKey.verify(signature: signature.bytes, message: Array(text.utf8))
        case .cosignature: isValidCosignature(signature.bytes, key)
        }
    }

    private func isValidCosignature(_ bytes: [UInt8], _ key: NoteVerifierKey) -> Bool {
        guard bytes.count == 8 + 64 else { return false }
        let time = bytes.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard time <= UInt64(Int64.max) else { return false }
        return key.publicKey.verify(signature: Array(bytes.dropFirst(8)), message: Array("cosignature/v1\ntime \(time)\n\(text)".utf8))
    }

    /// The index of the newline before the last empty line.
    private static func lastEmptyLine(_ bytes: [UInt8]) -> Int? {
        guard bytes.count >= 2 else { return nil }
        return (0..<bytes.count - 1).last { bytes[$0] == 0x0A && bytes[$0 + 1] == 0x0A }
    }

    private static func signature(_ line: String) -> Signature? {
        let parts = line.split(separator: " ", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0] == "\u{2014}", NoteVerifierKey.isValidName(String(parts[1])), let bytes = Base64.decode(parts[2]),
            bytes.count > 4
        else { return nil }
        return Signature(name: String(parts[1]), keyHash: Array(bytes.prefix(4)), bytes: Array(bytes.dropFirst(4)))
    }
}
