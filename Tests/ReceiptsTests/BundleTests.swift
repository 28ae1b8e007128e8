import Identity
import JSON
import Testing
import Trust

@testable import Receipts

@Suite struct BundleTests {
    var sample: SampleRun

    init() throws {
        sample = try SampleRun()
        try sample.signAll()
    }

    func verdict(_ bundle: RunBundle, pinned: TrustAnchors? = nil) -> Verdict { BundleVerifier(pinned: pinned).verify(bundle) }

    @Test func aCompleteRunIsCovered() throws {
        let bytes = try sample.bundle().encoded()
        let verdict = BundleVerifier(pinned: sample.anchors).verify(bytes)
        #expect(verdict.outcome == .level(.covered), "\(verdict.reason)")
        #expect(verdict.outcome.exitCode == 0 && verdict.keysArePinned && verdict.receipts.count == 5)
        #expect(verdict.receipts.map(\.index) == [6, 10, 14, 18, 22])
        #expect(BundleVerifier(pinned: nil).verify(bytes).outcome == .level(.covered))
    }

    @Test func aFlippedByteInAPayload() throws {
        var bundle = try sample.bundle()
        for index in bundle.items.indices {
            let item = bundle.items[index]
            let envelope = try #require(item.envelope)
            var payload = envelope.payload
            payload[payload.count / 2] ^= 1
            bundle.items[index].envelope = Envelope(payloadType: envelope.payloadType, payload: payload, signature: envelope.signature)
            let verdict = verdict(bundle)
            #expect(verdict.outcome == .invalid && verdict.reason.contains("a byte was changed"), "\(verdict.reason)")
            bundle.items[index] = item
        }
    }

    @Test func aDroppedReceipt() throws {
        for index in 0..<4 {
            var bundle = try sample.bundle()
            bundle.items.remove(at: index)
            let verdict = verdict(bundle)
            #expect(verdict.outcome == .missing)
            #expect(verdict.reason.contains("1 of the 4 receipts that the run was closed with are not here"), "\(verdict.reason)")
        }
        var bundle = try sample.bundle()
        bundle.items.removeLast()
        #expect(verdict(bundle).outcome == .level(.checkpointed), "without its closing receipt a run is open, and that is no success")
        #expect(verdict(bundle).outcome.exitCode != 0)
    }

    @Test func aReorderedLeaf() throws {
        var bundle = try sample.bundle()
        bundle.items.swapAt(1, 2)
        #expect(verdict(bundle).outcome == .invalid && verdict(bundle).reason.contains("out of the log's order"))
        bundle = try sample.bundle()
        (bundle.items[1].proof, bundle.items[2].proof) = (bundle.items[2].proof, bundle.items[1].proof)
        #expect(verdict(bundle).outcome == .invalid && verdict(bundle).reason.contains("is not at index"))
        bundle = try sample.bundle()
        bundle.items.insert(bundle.items[0], at: 1)
        #expect(verdict(bundle).outcome == .invalid)
    }

    @Test func keysDecideWhatHolds() throws {
        let bundle = try sample.bundle()
        var anchors = sample.anchors
        anchors.services.remove(at: 1)
        #expect(verdict(bundle, pinned: anchors).outcome == .invalid && verdict(bundle, pinned: anchors).reason.contains("not trusted"))
        anchors = sample.anchors
        anchors.services[1] = .init(service: .policy, key: sample.connectorKey.publicKey)
        #expect(verdict(bundle, pinned: anchors).reason.contains("speaks for connectors and is signed by policy"))
        anchors = sample.anchors
        anchors.logs = []
        #expect(verdict(bundle, pinned: anchors).outcome == .level(.logged))
        anchors.logs = [try #require(NoteSigner(name: bundle.origin, key: .generate())).verifierKey]
        #expect(verdict(bundle, pinned: anchors).outcome == .invalid)
    }

    @Test func theLogMustSayWhoseEachKeyIs() throws {
        for index in 0..<3 {
            var bundle = try sample.bundle()
            bundle.registrations.remove(at: index)
            #expect(verdict(bundle).outcome == .missing && verdict(bundle).reason.contains("registration of key"), "\(verdict(bundle).reason)")
        }
        var bundle = try sample.bundle()
        bundle.registrations[0].leaf[30] ^= 1
        #expect(verdict(bundle).outcome == .invalid)
        bundle = try sample.bundle()
        bundle.registrations[0] = bundle.items[0]
        #expect(verdict(bundle).outcome == .invalid, "a receipt of the run registers nothing")
    }

    @Test func witnessesThatWereAskedForMustHaveSigned() throws {
        var anchors = sample.anchors
        let witness = try Ed25519PrivateKey.generate().publicKey
        anchors.witnesses = [try #require(NoteVerifierKey(name: "witness.example", algorithm: .cosignature, publicKey: witness))]
        anchors.witnessThreshold = 1
        #expect(verdict(try sample.bundle(), pinned: anchors).outcome == .level(.checkpointed))
        #expect(try TrustAnchors(json: JSONValue(parsing: anchors.json().encoded())) == anchors)
    }

    @Test func aReceiptThatIsNotLoggedYet() throws {
        var bundle = try sample.bundle()
        bundle.items[4].proof = nil
        #expect(verdict(bundle).outcome == .level(.signed))
    }

    @Test func withheldAndErasedPayloads() throws {
        var bundle = try sample.bundle()
        bundle.items[2].envelope = nil
        bundle.items[2].disclosures = []
        let redacted = verdict(bundle)
        #expect(redacted.outcome == .missing, "the result that the intent needs cannot be read: \(redacted.reason)")
        bundle = try sample.bundle()
        bundle.items[3].envelope = nil
        #expect(verdict(bundle).outcome == .redacted)
        let digest = sample.signed[3].paeDigest.hex
        var purging = sample
        try purging.sign(.purge, facts: ["purged": [.string(digest)]])
        var purged = try purging.bundle()
        purged.items[3].envelope = nil
        #expect(verdict(purged).outcome == .purged)
        bundle.items[3].leaf[20] ^= 1
        #expect(verdict(bundle).outcome == .invalid)
    }

    @Test func aForeignDisclosure() throws {
        var bundle = try sample.bundle()
        bundle.items[0].disclosures = bundle.items[2].disclosures
        #expect(verdict(bundle).outcome == .invalid && verdict(bundle).reason.contains("disclosure"))
    }

    @Test func anIntentWithoutAResult() throws {
        var open = try SampleRun()
        try open.signAll(answered: false)
        #expect(verdict(try open.bundle()).outcome == .missing)
        #expect(verdict(try open.bundle()).reason.contains("has no result"))
        var unclosed = try SampleRun()
        try unclosed.signAll(closed: false, answered: false)
        #expect(verdict(try unclosed.bundle()).outcome == .level(.checkpointed), "an open run may still answer")
    }

    @Test func twoStatementsThatExcludeEachOther() throws {
        var bundle = try sample.bundle()
        let other = try sample.bundle(foreignEntries: 0)
        let size = try #require(bundle.items[0].proof).checkpoint.checkpoint.size
        let forged = try Checkpoint(origin: bundle.origin, size: size, root: MerkleHash.leaf([9])).signed(by: sample.log)
        bundle.items[0].proof = LogProof(index: 3, path: [], checkpoint: try #require(SignedCheckpoint(forged)))
        #expect(verdict(bundle).outcome == .invalid, "a fault in a receipt is graver than the fork")
        var mixed = try sample.bundle()
        mixed.items[0].proof = other.items[0].proof
        #expect(verdict(mixed).outcome == .invalid && verdict(mixed).reason.contains("another checkpoint"))
        var forked = sample
        try forked.sign(.stepRun)
        let last = forked.signed.removeLast()
        try forked.sign(.stepRun)
        forked.signed.append(last)
        #expect(verdict(try forked.bundle()).outcome == .forked)
    }

    @Test(arguments: ["", "{}", "[]", "{\"format\":\"provable-bundle/v1\"}", "{\"format\":\"provable-bundle/v2\"}"])
    func whatIsNoBundle(text: String) {
        #expect(BundleVerifier(pinned: nil).verify(Array(text.utf8)).outcome == .invalid)
    }

    /// Other services' receipts travel on their own: one of the set may reach the log after the receipt that closes the run.
    @Test func aMemberMayBeLoggedAfterTheClose() throws {
        var late = try SampleRun()
        try late.signAll()
        late.signed.swapAt(3, 4)
        let found = verdict(try late.bundle())
        #expect(found.outcome == .level(.covered), "\(found.reason)")
    }

    @Test func aRunTooLargeToListIsStillASet() throws {
        var large = try SampleRun()
        try large.signAll(closed: false)
        let set = RunSet(large.signed.map(\.paeDigest))
        var facts = set.facts
        facts["members"] = nil
        try large.sign(.runClose, subject: set.subject, facts: facts)
        #expect(verdict(try large.bundle()).outcome == .level(.covered))
        var dropped = try large.bundle()
        dropped.items.remove(at: 0)
        #expect(verdict(dropped).outcome == .missing)
        try large.sign(.stepRun)
        #expect(verdict(try large.bundle()).outcome == .level(.covered), "what came after the close stands beside the set")
    }

    @Test func anEmptyBundleProvesNothing() throws {
        var bundle = try sample.bundle()
        bundle.items = []
        #expect(verdict(bundle).outcome == .missing)
    }

    @Test func aRunSetIsItsMembersInAnyOrder() throws {
        let digests = (0..<5).map { SHA256Digest(hashing: [UInt8($0)]) }
        let set = RunSet(digests.reversed() + digests)
        #expect(set == RunSet(digests) && ClaimedRunSet(facts: set.facts)?.members == set.members)
        #expect(RunSet(digests.dropLast()).root != set.root)
        var facts = set.facts
        facts["receipts"] = 4
        #expect(ClaimedRunSet(facts: facts) == nil)
        let many = RunSet((0..<401).map { SHA256Digest(hashing: Array("\($0)".utf8)) })
        #expect(ClaimedRunSet(facts: many.facts)?.members == nil && ClaimedRunSet(facts: many.facts)?.count == 401)
    }
}
