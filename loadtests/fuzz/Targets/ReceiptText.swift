internal import Receipts
internal import Trust

/// What a verifier is handed by somebody it does not trust: bundles, proofs, notes, keys, disclosures, pages of a log.
enum ReceiptText {
    /// The first byte says what the rest should be. What was read is written as it was read.
    static func run(_ bytes: [UInt8]) throws(BrokenPromise) {
        guard let first = bytes.first else { return }
        let rest = Array(bytes.dropFirst())
        let text = text(rest)
        switch first % 9 {
        case 0:
            _ = BundleVerifier(pinned: nil).verify(rest)
            if let bundle = try? RunBundle(parsing: rest), let encoded = try? bundle.encoded() {
                try require((try? RunBundle(parsing: encoded)) != nil, "a bundle that was written can be read")
            }
        case 1:
            if let envelope = try? Envelope(parsing: rest) {
                try require((try? Envelope(json: envelope.json)) == envelope, "an envelope survives a round trip")
                _ = try? ReceiptStatement(payload: envelope.payload)
            }
        case 2: _ = try? ReceiptStatement(payload: rest)
        case 3: if let note = SignedCheckpoint(text) { try require(note.note == text, "a note is kept as it was signed") }
        case 4:
            if let proof = LogProof(text: text) {
                _ = proof.includes(entry: rest)
                try require(LogProof(text: proof.text) == proof, "a proof survives a round trip")
            }
        case 5: if let key = NoteVerifierKey(text: text) { try require(key.text == text, "a key has one spelling") }
        case 6: if let disclosure = Disclosure(text: text) { try require(disclosure.text == text, "a disclosure is kept as it was digested") }
        case 7: if let leaf = LeafCommitment(bytes: rest) { try require(leaf.bytes == rest, "an entry has one spelling") }
        default:
            if let entries = EntryBundle.decode(rest) { try require(EntryBundle.encode(entries) == rest, "a page has one spelling") }
            if let tile = HashTile(bytes: rest) { try require(tile.bytes == rest, "a tile has one spelling") }
        }
    }

    static func seeds() throws -> [[UInt8]] {
        guard let signer = NoteSigner(name: "log.example", key: try Ed25519PrivateKey.generate()) else { return [] }
        let note = try Checkpoint(origin: "log.example", size: 1, root: SHA256Digest(hashing: [1])).signed(by: signer)
        let proof = SignedCheckpoint(note).map { LogProof(index: 0, path: [SHA256Digest(hashing: [2])], checkpoint: $0).text } ?? ""
        let leaf =
            #"{"kind":"connector-call/v1","pae_sha256":"\#(SHA256Digest(hashing: []).hex)","payload_type":"t","rid":"01890000-0000-7000-8000-000000000001","#
            + #""signatures":[{"keyid":"k","sig":"AA=="}],"v":1}"#
        let texts: [(UInt8, String)] = [
            (0, bundle), (1, #"{"payload":"e30=","payloadType":"application/vnd.in-toto+json","signatures":[{"keyid":"k","sig":"AA=="}]}"#),
            (2, statement), (3, note), (4, proof), (5, signer.verifierKey.text),
            (6, Base64.encodeURL(Array(#"["c2FsdHNhbHRzYWx0c2Fs","who","ann"]"#.utf8))),
            (7, leaf),
        ]
        return texts.map { [$0] + Array($1.utf8) } + [[8, 0, 1, 7, 0, 0], [8] + [UInt8](repeating: 3, count: 64)]
    }

    private static let bundle =
        #"{"schema":"provable.dev/run-bundle/v1","run":"x","receipts":[{"envelope":{},"disclosures":[],"proof":""}],"anchors":{"services":[],"logs":[],"witnesses":[],"witness_threshold":0},"checkpoint":""}"#
    private static let statement =
        #"{"_type":"https://in-toto.io/Statement/v1","subject":[{"name":"a","digest":{"sha256":"00"}}],"predicateType":"https://provable.dev/connector-call/v1","predicate":{}}"#

    static let words = [
        "\"payload\"", "\"payloadType\"", "\"signatures\"", "\"keyid\"", "\"sig\"", "\"_type\"", "\"subject\"", "\"predicate\"", "\"predicateType\"",
        "c2sp.org/tlog-proof@v1\n", "index ", "\n\n", "\u{2014} ", "extra ", "\"receipts\"", "\"proof\"", "\"disclosures\"", "\"_sd\"",
    ]
}
