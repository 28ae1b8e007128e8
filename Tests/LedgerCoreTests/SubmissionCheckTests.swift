import FoundationEssentials
import Identity
import JSON
import Receipts
import Testing
import Trust

@testable import LedgerCore

/// Keys of two services, and receipts that one of them signs.
struct Emitters {
    let tenant = TenantID.make()
    let key: ES256PrivateKey
    let check: SubmissionCheck
    let keys: [TrustAnchors.ServiceKey]

    init() throws {
        key = try .generate()
        keys = [
            .init(service: .connectors, key: key.publicKey), .init(service: .policy, key: try ES256PrivateKey.generate().publicKey),
        ]
        check = SubmissionCheck(anchors: TrustAnchors(services: keys, logs: []))
    }

    func receipt(
        _ service: ServiceName = .connectors, key: ES256PrivateKey? = nil, origin: String? = nil, id: ReceiptID = .make()
    ) throws -> SignedReceipt {
        try ReceiptSigner(service: service, instance: "1", key: key ?? self.key).sign(
            ReceiptDraft(
                kind: .connectorCall, tenant: tenant, tenantOrigin: origin, subject: [ReceiptSubject("request", SHA256Digest(hashing: [1]))],
                outcome: "ok", personal: ["text": "call Ada"], receiptID: id))
    }

    func submission(_ receipt: SignedReceipt) throws -> Submission {
        try check.submission(
            envelope: receipt.envelope, disclosures: receipt.disclosures, receipt: receipt.id, tenant: tenant, caller: .connectors)
    }
}

@Suite struct SubmissionCheckTests {
    let emitters: Emitters

    init() throws { emitters = try Emitters() }

    private func refusal(
        _ receipt: SignedReceipt, caller: ServiceName = .connectors, envelope: [UInt8]? = nil, disclosures: [[UInt8]]? = nil, id: ReceiptID? = nil
    ) -> String? {
        do throws(SubmissionError) {
            _ = try emitters.check.submission(
                envelope: envelope ?? receipt.envelope, disclosures: disclosures ?? receipt.disclosures, receipt: id ?? receipt.id,
                tenant: emitters.tenant, caller: caller)
            return nil
        } catch {
            switch error {
            case .malformed(let field, _): return "malformed \(field)"
            case .mismatch(let field, _): return "mismatch \(field)"
            case .badSignature: return "signature"
            }
        }
    }

    @Test func aSignedReceiptOfItsSenderIsTaken() throws {
        #expect(refusal(try emitters.receipt()) == nil)
        #expect(refusal(try emitters.receipt(), disclosures: []) == nil, "disclosures may be withheld")
    }

    @Test func nobodySpeaksForAnother() throws {
        let good = try emitters.receipt()
        #expect(refusal(good, caller: .policy) == "mismatch envelope")
        #expect(refusal(try emitters.receipt(.policy), caller: .policy) == "signature", "signed with another service's key")
        #expect(refusal(try emitters.receipt(key: .generate())) == "signature")
        #expect(refusal(try emitters.receipt(origin: LogOrigin.standard(.make()))) == "mismatch envelope")
        #expect(refusal(good, id: .make()) == "mismatch receipt_id")
    }

    @Test func nothingIsChangedOrSlippedIn() throws {
        let good = try emitters.receipt()
        let envelope = try Envelope(parsing: good.envelope)
        let moved = Envelope(payloadType: envelope.payloadType, payload: envelope.payload + [0x20], signature: envelope.signature)
        #expect(refusal(good, envelope: moved.json.encoded()) == "signature")
        #expect(refusal(good, envelope: Array("{}".utf8))?.hasPrefix("malformed") == true)
        #expect(refusal(good, disclosures: try emitters.receipt().disclosures) == "mismatch disclosures[0]")
        #expect(refusal(good, disclosures: [[0xFF]]) == "mismatch disclosures[0]")
        #expect(refusal(good, disclosures: Array(repeating: good.disclosures[0], count: 129)) == "malformed disclosures")
    }
}
