internal import Identity
internal import JSON
internal import Trust

/// Verifies a bundle offline, with nothing but the file and, where they are given, pinned keys.
public struct BundleVerifier: Sendable {
    private let pinned: TrustAnchors?

    /// - Parameter pinned: The keys that the verifying side trusts. Without them those in the file are taken, which proves that the
    ///   file agrees with itself and not who wrote it.
    public init(pinned: TrustAnchors?) { self.pinned = pinned }

    public func verify(_ bytes: [UInt8]) -> Verdict {
        do {
            return verify(try RunBundle(parsing: bytes))
        } catch {
            return Verdict(
                outcome: .invalid, reason: "not a bundle: \(error)", origin: "", run: "", receipts: [], notes: [], keysArePinned: pinned != nil)
        }
    }

    public func verify(_ bundle: RunBundle) -> Verdict {
        let anchors = pinned ?? bundle.keys
        let newest = bundle.items.compactMap(\.proof?.checkpoint).max { $0.checkpoint.size < $1.checkpoint.size }
        let checkpoint = newest.map { CheckedCheckpoint($0, anchors: anchors) }
        let verifier = ItemVerifier(anchors: anchors, origin: bundle.origin, run: bundle.run, checkpoint: checkpoint)
        var checked = bundle.items.map { verifier.check($0) }
        markPurged(&checked)
        let ofKeys = ItemVerifier(anchors: anchors, origin: bundle.origin, run: nil, checkpoint: checkpoint)
        let registrations = bundle.registrations.map { ofKeys.check($0) }
        let receipts = zip(bundle.items, checked).enumerated().map { Self.verdict($0, $1.0, $1.1, anchors) }
        var verdict = Verdict(
            outcome: .level(.covered), reason: "", origin: bundle.origin, run: bundle.run.description, receipts: receipts, notes: [],
            keysArePinned: pinned != nil)
        let arrangement = forks(among: bundle.items, anchors) + order(of: checked) + order(of: registrations)
        combine(&verdict, checked, registrations, arrangement, witnessThreshold: anchors.witnessThreshold)
        if bundle.pendingCount > 0 { verdict.notes.append("\(bundle.pendingCount) receipts were signed and not logged when this was exported") }
        return verdict
    }

    private static func verdict(
        _ position: Int, _ item: RunBundle.Item, _ checked: ItemVerifier.Checked, _ anchors: TrustAnchors
    ) -> ReceiptVerdict {
        let service = checked.leaf.flatMap { anchors.key(withID: $0.signature.keyID) }?.service.rawValue ?? "unknown"
        return ReceiptVerdict(
            position: position, index: item.proof?.index, id: checked.leaf?.receiptID.description ?? "unknown",
            kind: checked.leaf?.kind.name ?? "unknown", service: service, outcome: checked.outcome, reason: checked.reason)
    }

    private func combine(
        _ verdict: inout Verdict, _ checked: [ItemVerifier.Checked], _ registrations: [ItemVerifier.Checked],
        _ arrangement: [RunCompleteness.Finding], witnessThreshold: Int
    ) {
        let whole = RunCompleteness(checked.filter { $0.outcome != .invalid }, registrations: registrations.filter { $0.outcome != .invalid })
        verdict.notes = whole.notes
        let ofItems = verdict.receipts.map {
            RunCompleteness.Finding(outcome: $0.outcome, reason: "receipt \($0.position + 1) (\($0.kind) \($0.id)): \($0.reason)")
        }
        let ofKeys = registrations.map { RunCompleteness.Finding(outcome: $0.outcome, reason: "a registration of a key: \($0.reason)") }
        let findings = arrangement + ofItems + ofKeys + whole.findings
        verdict.outcome = findings.map(\.outcome).reduce(.level(.covered)) { $0.combined(with: $1) }
        if checked.isEmpty { verdict.outcome = .missing }
        if case .level(let lowest) = verdict.outcome {
            let isCovered = whole.isClosed && lowest >= (witnessThreshold > 0 ? .witnessed : .checkpointed)
            verdict.outcome = .level(isCovered ? .covered : lowest)
            verdict.reason =
                isCovered ? "all \(checked.count) receipts hold and the set is complete" : whole.notes.first ?? "not every receipt is proved further"
        } else {
            verdict.reason = findings.first { $0.outcome == verdict.outcome }?.reason ?? "there is no receipt in it"
        }
    }

    /// Two roots of one size, both signed by the log, are evidence against it.
    private func forks(among items: [RunBundle.Item], _ anchors: TrustAnchors) -> [RunCompleteness.Finding] {
        let checkpoints = Set(items.compactMap(\.proof?.checkpoint))
        guard checkpoints.count > 1 else { return [] }
        let signed = checkpoints.filter { one in anchors.log(origin: one.checkpoint.origin).contains { one.isSigned(byLog: $0) } }
        let bySize = Dictionary(grouping: signed) { $0.checkpoint.size }
        return bySize.filter { Set($0.value.map(\.checkpoint.root)).count > 1 }.keys.sorted().map {
            RunCompleteness.Finding(outcome: .forked, reason: "the log signed two different roots of size \($0)")
        }
    }

    private func order(of checked: [ItemVerifier.Checked]) -> [RunCompleteness.Finding] {
        var findings: [RunCompleteness.Finding] = []
        let ids = checked.compactMap { $0.leaf?.receiptID }
        if Set(ids).count != ids.count { findings.append(.init(outcome: .invalid, reason: "one receipt is here twice")) }
        let indices = checked.compactMap(\.index)
        if let place = zip(indices, indices.dropFirst()).first(where: { $0 >= $1 }) {
            findings.append(.init(outcome: .invalid, reason: "the receipts are out of the log's order: index \(place.1) stands after \(place.0)"))
        }
        return findings
    }

    /// A withheld payload whose receipt a purge names was erased by right.
    private func markPurged(_ checked: inout [ItemVerifier.Checked]) {
        let purged = Set(
            checked.compactMap { $0.statement?.kind == .purge ? $0.statement?.facts["purged"]?.arrayValue : nil }.joined().compactMap(\.stringValue))
        for index in checked.indices where checked[index].outcome == .redacted {
            guard let digest = checked[index].leaf?.digest.hex, purged.contains(digest) else { continue }
            checked[index].outcome = .purged
            checked[index].reason = "the payload was erased, as a purge receipt here says; its signature and its place in the log hold"
        }
    }
}
