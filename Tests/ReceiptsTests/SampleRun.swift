import FoundationEssentials
import Identity
import JSON
import Testing
import Trust

@testable import Receipts

/// A run of four receipts and its closing one, in a log of its own: what a ledger would export.
struct SampleRun {
    let tenant = ReceiptTests.tenant
    let run = RunID.make()
    let flowKey: ES256PrivateKey
    let connectorKey: ES256PrivateKey
    let ledgerKey: ES256PrivateKey
    let log: NoteSigner
    var signed: [SignedReceipt] = []
    var anchors: TrustAnchors

    init() throws {
        flowKey = try .generate()
        connectorKey = try .generate()
        ledgerKey = try .generate()
        log = try #require(NoteSigner(name: LogOrigin.standard(tenant), key: .generate()))
        anchors = TrustAnchors(
            services: [
                .init(service: .flowEngine, key: flowKey.publicKey), .init(service: .connectors, key: connectorKey.publicKey),
                .init(service: .ledger, key: ledgerKey.publicKey),
            ],
            logs: [log.verifierKey])
    }

    mutating func sign(
        _ kind: ReceiptKind, by service: ServiceName = .flowEngine, phase: ReceiptPhase = .single, causes: [SHA256Digest] = [],
        subject: ReceiptSubject? = nil, facts: JSONObject = [:], personal: JSONObject = [:], epoch: Int64 = 0
    ) throws {
        let signer = ReceiptSigner(service: service, instance: "1", key: service == .flowEngine ? flowKey : connectorKey)
        let own = try signed.filter { try ReceiptStatement(payload: Envelope(parsing: $0.envelope).payload).emitter.service == service }
        let draft = ReceiptDraft(
            kind: kind, tenant: tenant, run: run, phase: phase, causes: causes,
            subject: [subject ?? ReceiptSubject("input", SHA256Digest(hashing: [UInt8(signed.count)]))], outcome: "ok", facts: facts,
            personal: personal, position: EmitterPosition(epoch: epoch, sequence: Int64(own.count + 1), previous: own.last?.paeDigest))
        signed.append(try signer.sign(draft))
    }

    mutating func signAll(closed: Bool = true, answered: Bool = true) throws {
        try sign(.stepRun)
        try sign(.connectorCall, by: .connectors, phase: .intent)
        if answered { try sign(.connectorCall, by: .connectors, phase: .result, causes: [signed[1].paeDigest], personal: ["text": "call Ada"]) }
        try sign(.stepRun)
        guard closed else { return }
        let set = RunSet(signed.map(\.paeDigest))
        try sign(.runClose, subject: set.subject, facts: set.facts)
    }

    /// What the log says of its keys, before all else.
    func registrations() throws -> [SignedReceipt] {
        var previous: SHA256Digest?
        return try anchors.services.enumerated().map { place, entry in
            let signer = ReceiptSigner(service: .ledger, instance: "1", key: ledgerKey)
            let receipt = try signer.sign(
                ReceiptDraft(
                    kind: .key, tenant: tenant, subject: [ReceiptSubject("key", SHA256Digest(hashing: entry.key.subjectPublicKeyInfo))],
                    outcome: "registered", facts: ["spki": .string(Base64.encode(entry.key.subjectPublicKeyInfo))],
                    position: EmitterPosition(epoch: 0, sequence: Int64(place + 1), previous: previous)))
            previous = receipt.paeDigest
            return receipt
        }
    }

    /// - Parameter foreignEntries: Other runs' entries before and between.
    func bundle(foreignEntries: Int = 3) throws -> RunBundle {
        var tree = CompactRange()
        var nodes: [MerkleNode: SHA256Digest] = [:]
        var leaves: [(UInt64, LeafCommitment, Envelope)] = []
        let keys = try registrations()
        for (place, receipt) in (keys + signed).enumerated() {
            for entry in 0..<(place < keys.count ? 0 : foreignEntries) { tree.append(MerkleHash.leaf([UInt8(entry)])) { nodes[$0] = $1 } }
            let envelope = try Envelope(parsing: receipt.envelope)
            let leaf = LeafCommitment(envelope: envelope, statement: try ReceiptStatement(payload: envelope.payload))
            leaves.append((tree.size, leaf, envelope))
            tree.append(MerkleHash.leaf(leaf.bytes)) { nodes[$0] = $1 }
        }
        let note = try Checkpoint(origin: log.verifierKey.name, size: tree.size, root: tree.root).signed(by: log)
        let checkpoint = try #require(SignedCheckpoint(note))
        let items = try zip(leaves, keys + signed).map { leaf, receipt in
            let path = try #require(MerkleProofPlan.inclusion(of: leaf.0, in: tree.size)).proof { try #require(nodes[$0]) }
            return RunBundle.Item(
                envelope: leaf.2, leaf: leaf.1.bytes, disclosures: receipt.disclosures.map { String(decoding: $0, as: UTF8.self) },
                proof: LogProof(index: leaf.0, path: path, checkpoint: checkpoint))
        }
        return RunBundle(
            origin: log.verifierKey.name, run: run, exportedAt: ReceiptTime(micros: 0), items: Array(items.dropFirst(keys.count)),
            registrations: Array(items.prefix(keys.count)), keys: anchors, pendingCount: 0)
    }
}
