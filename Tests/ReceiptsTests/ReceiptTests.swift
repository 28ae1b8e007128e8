import FoundationEssentials
import Identity
import JSON
import Testing
import Trust

@testable import Receipts

@Suite struct ReceiptTests {
    static let tenant = TenantID(rawValue: UUID(uuidString: "0192f000-0000-7000-8000-000000000001") ?? UUID())
    let key: ES256PrivateKey
    let signer: ReceiptSigner

    init() throws {
        key = try ES256PrivateKey.generate()
        signer = ReceiptSigner(service: .connectors, instance: "connectors-1", key: key)
    }

    func draft(facts: JSONObject = ["amount_micros": 1200], personal: JSONObject = [:]) -> ReceiptDraft {
        ReceiptDraft(
            kind: .connectorCall, tenant: Self.tenant, run: .make(), step: "notify", phase: .result, causes: [SHA256Digest(hashing: [1])],
            subject: [ReceiptSubject("request", SHA256Digest(hashing: [2]))], outcome: "ok", facts: facts, personal: personal,
            time: Date(timeIntervalSince1970: 1_800_000_000.123456))
    }

    @Test func aReceiptSaysWhatItsDraftSaid() throws {
        let draft = draft(personal: ["text": "call Ada", "to": ["a@b.example"]])
        let signed = try signer.sign(draft)
        let envelope = try Envelope(parsing: signed.envelope)
        #expect(envelope.isSigned(by: key.publicKey) && envelope.digest == signed.paeDigest && envelope.payloadType == DSSE.inTotoPayloadType)
        let statement = try ReceiptStatement(payload: envelope.payload)
        #expect(statement.id == draft.receiptID && statement.run == draft.run && statement.phase == .result && statement.facts == draft.facts)
        #expect(statement.emitter.service == .connectors && statement.time.text == "2027-01-15T08:00:00.123456Z")
        #expect(statement.tenantOrigin == "log.provable.dev/0192f000-0000-7000-8000-000000000001")
        #expect(try statement.payload() == envelope.payload, "the payload is canonical")
    }

    @Test func aReceiptNamesItsTraceWhereThereIsOne() throws {
        var draft = draft()
        #expect(!String(decoding: try Envelope(parsing: signer.sign(draft).envelope).payload, as: UTF8.self).contains("\"trace\""))
        draft.trace = "0af7651916cd43dd8448eb211c80319c"
        let payload = try Envelope(parsing: signer.sign(draft).envelope).payload
        let statement = try ReceiptStatement(payload: payload)
        #expect(statement.trace == "0af7651916cd43dd8448eb211c80319c")
        #expect(try statement.payload() == payload)
        for wrong in ["", "0AF7651916cd43dd8448eb211c80319c", String(repeating: "0", count: 32), "0af7651916cd43dd8448eb211c80319c0"] {
            draft.trace = wrong
            #expect(throws: ReceiptError.self, "\(wrong)") { try signer.sign(draft) }
        }
    }

    @Test func personalDataLeavesTheReceiptOnlyAsDisclosures() throws {
        let signed = try signer.sign(draft(personal: ["text": "call Ada", "to": ["a@b.example"]]))
        #expect(!String(decoding: try Envelope(parsing: signed.envelope).payload, as: UTF8.self).contains("Ada"))
        let statement = try ReceiptStatement(payload: Envelope(parsing: signed.envelope).payload)
        let disclosures = try signed.disclosures.map { try #require(Disclosure(text: String(decoding: $0, as: UTF8.self))) }
        #expect(disclosures.map(\.name) == ["text", "to"] && disclosures[0].value == "call Ada")
        #expect(disclosures.allSatisfy { statement.disclosureDigests.contains($0.digest) })
        #expect(statement.disclosureDigests.count == 4 && statement.disclosureDigests == statement.disclosureDigests.sorted())
        let none = try ReceiptStatement(payload: Envelope(parsing: signer.sign(draft()).envelope).payload)
        #expect(none.disclosureDigests.count == 4, "a receipt without personal data looks like one with some")
    }

    /// RFC 9901 §4.2.1 and §4.2.3.
    @Test func theDigestOfTheSpecificationsExample() throws {
        let disclosure = try #require(Disclosure(text: "WyJfMjZiYzRMVC1hYzZxMktJNmNCVzVlcyIsICJmYW1pbHlfbmFtZSIsICJNw7ZiaXVzIl0"))
        #expect(disclosure.name == "family_name" && disclosure.value == "Möbius")
        #expect(disclosure.digest == "X9yH0Ajrdm1Oij4tWso9UzzKJvPoDxwmuEcO3XAdRC0")
    }

    @Test func whatMayNotBeSigned() throws {
        func reason(_ change: (inout ReceiptDraft) -> Void) -> String? {
            var draft = draft()
            change(&draft)
            do {
                _ = try signer.sign(draft)
                return nil
            } catch {
                return "\(error)"
            }
        }
        #expect(reason { _ in } == nil)
        #expect(reason { $0.facts["x"] = 0.5 } == "/predicate/facts/x: is a float; use an integer in minor units")
        #expect(reason { $0.facts["x"] = [["y": 9_007_199_254_740_992]] } == "/predicate/facts/x/0/y: is beyond ±(2^53 - 1)")
        #expect(reason { $0.facts["x"] = 9_007_199_254_740_991 } == nil)
        #expect(reason { $0.personal["x"] = 1.5 }?.hasPrefix("personal/x") == true)
        #expect(reason { $0.personal["_sd"] = 1 }?.hasPrefix("personal/_sd") == true)
        #expect(reason { $0.subject = [] }?.hasPrefix("/subject") == true)
        #expect(reason { $0.outcome = "" }?.hasPrefix("/predicate/outcome") == true)
        #expect(reason { $0.step = "a\nb" }?.hasPrefix("/predicate/step") == true)
        #expect(reason { $0.position = EmitterPosition(epoch: 0, sequence: 0, previous: nil) }?.hasPrefix("/predicate/emitter") == true)
        #expect(reason { $0.facts["x"] = .string(String(repeating: "a", count: 49_000)) }?.contains("at most 49152") == true)
        let deep = { (levels: Int) in (1..<levels).reduce(JSONValue.array([])) { value, _ in .array([value]) } }
        #expect(reason { $0.facts["x"] = deep(29) } == nil)
        #expect(reason { $0.facts["x"] = deep(30) }?.contains("deeper than 32") == true)
    }

    @Test func whatASignerAcceptsAReaderAccepts() throws {
        var deepest = draft()
        deepest.facts["x"] = (1..<29).reduce(JSONValue.array([])) { value, _ in .array([value]) }
        let payload = try Envelope(parsing: signer.sign(deepest).envelope).payload
        #expect(throws: Never.self) { try ReceiptStatement(payload: payload) }
    }

    @Test(arguments: [
        (#""phase":"result""#, #""phase":"maybe""#), (#""phase":"result""#, #""phase":"result","phase":"result""#),
        (#""phase":"result""#, #""phase":"result","extra":1"#), (#""amount_micros":1200"#, #""amount_micros":1200.0"#),
        (#""amount_micros":1200"#, #""amount_micros":9007199254740993"#), ("Statement/v1", "Statement/v2"),
        ("connector-call/v1", "connector-call/v9"),
        (#""service":"connectors""#, #""service":"nobody""#), ("08:00:00.123456Z", "08:00:00Z"), (#""step":"notify","#, ""),
    ])
    func whatAReaderRefuses(original: String, replacement: String) throws {
        let payload = String(decoding: try Envelope(parsing: signer.sign(draft()).envelope).payload, as: UTF8.self)
        #expect(payload.contains(original))
        #expect(throws: ReceiptError.self) { try ReceiptStatement(payload: Array(payload.replacing(original, with: replacement).utf8)) }
    }

    @Test func envelopesHaveOneSignatureWithAKey() throws {
        let signed = try signer.sign(draft())
        let text = String(decoding: signed.envelope, as: UTF8.self)
        for (original, replacement) in [("\"keyid\"", "\"kid\""), ("\"signatures\":[", "\"signatures\":[{},"), (DSSE.inTotoPayloadType, "")] {
            let changed = Array(text.replacing(original, with: replacement).utf8)
            let envelope = try? Envelope(parsing: changed)
            #expect(envelope.map { !$0.isSigned(by: key.publicKey) } ?? true)
        }
        #expect(throws: ReceiptError.self) { try Envelope(parsing: [UInt8](repeating: 0x20, count: 1 << 20)) }
    }

    @Test func theLeafCommitsAndStaysCheckableWithoutThePayload() throws {
        let signed = try signer.sign(draft())
        let envelope = try Envelope(parsing: signed.envelope)
        let leaf = LeafCommitment(envelope: envelope, statement: try ReceiptStatement(payload: envelope.payload))
        #expect(leaf.bytes.count < 512 && leaf.digest == signed.paeDigest)
        #expect(try JSONValue(parsing: leaf.bytes).canonical() == leaf.bytes)
        let read = try #require(LeafCommitment(bytes: leaf.bytes))
        #expect(read == leaf && read.isSigned(by: key.publicKey))
        #expect(try !read.isSigned(by: ES256PrivateKey.generate().publicKey))
        #expect(LeafCommitment(bytes: leaf.bytes + [0x20]) == nil, "one spelling only")
    }

    @Test(
        arguments: [
            (0, "1970-01-01T00:00:00.000000Z"), (-1, "1969-12-31T23:59:59.999999Z"), (951_782_400_000_000, "2000-02-29T00:00:00.000000Z"),
            (4_107_542_399_999_999, "2100-02-28T23:59:59.999999Z"), (1_800_000_000_000_001, "2027-01-15T08:00:00.000001Z"),
        ] as [(Int64, String)])
    func timesHaveOneText(micros: Int64, text: String) {
        #expect(ReceiptTime(micros: micros).text == text)
        #expect(ReceiptTime(text: text)?.micros == micros)
    }

    @Test(arguments: ["2026-02-30T00:00:00.000000Z", "2026-01-01T24:00:00.000000Z", "2026-01-01 00:00:00.000000Z", "2026-01-01T00:00:00.000000+", ""])
    func whatIsNoTime(text: String) { #expect(ReceiptTime(text: text) == nil) }
}
