import Testing
import Trust

@testable import Receipts

@Suite struct NoteTests {
    let signer: NoteSigner

    init() throws {
        signer = try #require(NoteSigner(name: "log.example/acme", key: Ed25519PrivateKey(seed: Secret([UInt8](repeating: 1, count: 32)))))
    }

    @Test func checkpointsAreSignedAndReadBack() throws {
        let checkpoint = Checkpoint(origin: "log.example/acme", size: 7, root: MerkleHash.leaf([1]))
        let note = try checkpoint.signed(by: signer)
        let read = try #require(SignedCheckpoint(note))
        #expect(read.checkpoint == checkpoint && read.isSigned(byLog: signer.verifierKey))
        let key = try #require(NoteVerifierKey(text: signer.verifierKey.text))
        #expect(key == signer.verifierKey)
        let changed = try #require(SignedCheckpoint(note.replacing("\n7\n", with: "\n8\n")))
        #expect(!changed.isSigned(byLog: key))
    }

    @Test func aKeyOfAnotherNameOrSeedSignsNothingHere() throws {
        let note = try Checkpoint(origin: "log.example/acme", size: 7, root: MerkleHash.leaf([1])).signed(by: signer)
        let other = try #require(NoteSigner(name: "log.example/acme", key: .generate()))
        let renamed = try #require(NoteSigner(name: "log.example/other", key: Ed25519PrivateKey(seed: Secret([UInt8](repeating: 1, count: 32)))))
        let read = try #require(SignedCheckpoint(note))
        #expect(!read.isSigned(byLog: other.verifierKey) && !read.isSigned(byLog: renamed.verifierKey))
        let foreign = try #require(
            SignedCheckpoint(try Checkpoint(origin: "log.example/acme", size: 7, root: MerkleHash.leaf([1])).signed(by: renamed)))
        #expect(!foreign.isSigned(byLog: renamed.verifierKey), "the key's name must be the origin")
    }

    @Test(arguments: [
        "", "\n", "text\n", "text\n\n", "text\n\nnot a signature\n", "a\n\n\u{2014} name AAAA\n", "a\n\n\u{2014} na+me AAAAAAA=\n",
        "a\t\n\n\u{2014} name AAAAAAA=\n", "a\n\n\u{2014} name AAAAAAA=",
    ])
    func whatIsNoNote(text: String) { #expect(SignedNote(text) == nil) }

    @Test func theTextEndsAtTheLastEmptyLine() throws {
        let note = try #require(SignedNote("a\n\nb\n\n\u{2014} name AAAAAAA=\n"))
        #expect(note.text == "a\n\nb\n")
    }

    @Test(arguments: ["origin\n07\n", "origin\n-1\n", "\n7\n", "origin\n7x\n", "origin\n99999999999999999999\n"])
    func whatIsNoCheckpoint(head: String) {
        let root = Base64.encode([UInt8](repeating: 0, count: 32))
        #expect(Checkpoint(text: "origin\n7\n\(root)\n") != nil)
        #expect(Checkpoint(text: "\(head)\(root)\n") == nil)
        #expect(Checkpoint(text: "origin\n7\n\(Base64.encode([1]))\n") == nil)
        #expect(Checkpoint(text: "origin\n7\n\(root)\nextension\n") != nil && Checkpoint(text: "origin\n7\n\(root)\n\n") == nil)
    }

    @Test func witnessesCountOnceAndNeverForTheirOwnLog() throws {
        let checkpoint = Checkpoint(origin: "log.example/acme", size: 7, root: MerkleHash.leaf([1]))
        let key = try Ed25519PrivateKey.generate()
        let witness = try #require(NoteVerifierKey(name: "witness.example/1", algorithm: .cosignature, publicKey: key.publicKey))
        let alias = try #require(NoteVerifierKey(name: "witness.example/2", algorithm: .cosignature, publicKey: key.publicKey))
        func cosignature(_ verifier: NoteVerifierKey, time: UInt64) throws -> String {
            let signature = try key.sign(Array("cosignature/v1\ntime \(time)\n\(checkpoint.text)".utf8))
            let stamp = (0..<8).map { UInt8(truncatingIfNeeded: time >> (56 - 8 * $0)) }
            return "\u{2014} \(verifier.name) \(Base64.encode(verifier.keyHash + stamp + signature))\n"
        }
        let note = try checkpoint.signed(by: signer) + cosignature(witness, time: 1_800_000_000) + cosignature(alias, time: 5)
        let read = try #require(SignedCheckpoint(note))
        #expect(read.isSigned(byLog: signer.verifierKey), "unknown signatures do not disturb")
        #expect(read.witnessCount(among: [witness]) == 1 && read.witnessCount(among: [witness, alias]) == 1)
        #expect(read.witnessCount(among: [signer.verifierKey]) == 0)
        let text = try #require(NoteVerifierKey(text: witness.text))
        #expect(text == witness)
    }

    @Test func proofsTravelAsText() throws {
        let leaves = (0..<5).map { Array("entry \($0)".utf8) }
        var tree = CompactRange()
        var nodes: [MerkleNode: SHA256Digest] = [:]
        for leaf in leaves { tree.append(MerkleHash.leaf(leaf)) { nodes[$0] = $1 } }
        let note = try Checkpoint(origin: "log.example/acme", size: 5, root: tree.root).signed(by: signer)
        let path = try #require(MerkleProofPlan.inclusion(of: 4, in: 5)).proof { try #require(nodes[$0]) }
        let proof = LogProof(index: 4, path: path, checkpoint: try #require(SignedCheckpoint(note)))
        let read = try #require(LogProof(text: proof.text))
        #expect(read == proof && read.includes(entry: leaves[4]) && !read.includes(entry: leaves[3]))
        #expect(LogProof(text: proof.text.replacing("index 4", with: "index 04")) == nil)
        #expect(LogProof(text: proof.text.replacing("@v1", with: "@v2")) == nil)
        #expect(LogProof(text: proof.text.replacing("index 4", with: "extra AAAA\nindex 4")) == proof)
        #expect(LogProof(text: "") == nil && LogProof(text: "c2sp.org/tlog-proof@v1\nindex 4\n") == nil)
    }
}
