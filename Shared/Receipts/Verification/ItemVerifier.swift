internal import Identity
internal import Trust

/// Verifies one receipt of a bundle on its own.
struct ItemVerifier {
    let anchors: TrustAnchors
    let origin: String
    /// Nil for receipts that belong to no run: registrations of keys.
    let run: RunID?
    /// The checkpoint that all proofs of the bundle rest on, with what was found out about it.
    let checkpoint: CheckedCheckpoint?

    /// What was established about a receipt, for the checks on the whole.
    struct Checked {
        var leaf: LeafCommitment?
        var statement: ReceiptStatement?
        var index: UInt64?
        var outcome: Outcome
        var reason: String
    }

    func check(_ item: RunBundle.Item) -> Checked {
        guard let leaf = LeafCommitment(bytes: item.leaf) else {
            return Checked(outcome: .invalid, reason: "the leaf is not a receipt commitment in canonical form")
        }
        var checked = Checked(leaf: leaf, statement: nil, index: nil, outcome: .level(.signed), reason: "")
        do {
            let signer = try signer(of: leaf, item.envelope)
            if let envelope = item.envelope {
                checked.statement = try statement(in: envelope, leaf: leaf, signer: signer, disclosures: item.disclosures)
            }
            try place(item, in: &checked)
            if item.envelope == nil {
                checked.outcome = .redacted
                checked.reason = "the payload is withheld; its signature and its place in the log hold"
            }
        } catch {
            checked.outcome = .invalid
            checked.reason = error.reason
        }
        return checked
    }

    private struct Fault: Error {
        let reason: String
    }

    private func signer(of leaf: LeafCommitment, _ envelope: Envelope?) throws(Fault) -> TrustAnchors.ServiceKey {
        guard let signer = anchors.key(withID: leaf.signature.keyID) else {
            throw Fault(reason: "signed with key \(leaf.signature.keyID.prefix(16))…, which is not trusted")
        }
        if let envelope, !envelope.isSigned(by: signer.key) {
            let place = envelope.digest == leaf.digest ? "signature" : "payload"
            throw Fault(reason: "the \(place) is not what \(signer.service) signed: a byte was changed")
        }
        guard leaf.isSigned(by: signer.key) else { throw Fault(reason: "the leaf's signature is not \(signer.service)'s over its digest") }
        return signer
    }

    private func statement(
        in envelope: Envelope, leaf: LeafCommitment, signer: TrustAnchors.ServiceKey, disclosures: [String]
    ) throws(Fault) -> ReceiptStatement {
        let statement: ReceiptStatement
        do {
            statement = try ReceiptStatement(payload: envelope.payload)
        } catch {
            throw Fault(reason: "the payload is no receipt: \(error)")
        }
        guard envelope.payloadType == DSSE.inTotoPayloadType, LeafCommitment(envelope: envelope, statement: statement) == leaf else {
            throw Fault(reason: "the payload is not the one that the leaf commits to")
        }
        guard statement.emitter.service == signer.service else {
            throw Fault(reason: "speaks for \(statement.emitter.service) and is signed by \(signer.service)")
        }
        guard statement.tenantOrigin == origin else { throw Fault(reason: "belongs to \(statement.tenantOrigin)") }
        guard statement.run == run, run != nil || statement.kind == .key else {
            throw Fault(reason: "belongs to run \(statement.run.map { "\($0)" } ?? "none")")
        }
        let committed = Set(statement.disclosureDigests)
        for text in disclosures {
            guard let disclosure = Disclosure(text: text), committed.contains(disclosure.digest) else {
                throw Fault(reason: "a disclosure opens none of the digests that were signed")
            }
        }
        return statement
    }

    private func place(_ item: RunBundle.Item, in checked: inout Checked) throws(Fault) {
        guard let proof = item.proof else {
            checked.reason = "signed, and not in the log yet"
            return
        }
        guard proof.checkpoint.checkpoint.origin == origin else { throw Fault(reason: "the proof is of another log") }
        guard proof.includes(entry: item.leaf) else {
            throw Fault(reason: "the leaf is not at index \(proof.index) of the log: the path does not lead to the root")
        }
        checked.index = proof.index
        guard let checkpoint, proof.checkpoint == checkpoint.checkpoint else {
            throw Fault(reason: "rests on another checkpoint than the rest of the bundle")
        }
        if let fault = checkpoint.fault { throw Fault(reason: fault) }
        checked.outcome = .level(checkpoint.level)
        checked.reason = checkpoint.reason
    }
}
