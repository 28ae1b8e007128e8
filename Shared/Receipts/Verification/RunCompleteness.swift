internal import Identity
internal import JSON
internal import Trust

/// Whether everything that must be in a bundle is there, judged from receipts that hold on their own.
struct RunCompleteness {
    struct Finding: Hashable {
        let outcome: Outcome
        let reason: String
    }

    private(set) var findings: [Finding] = []
    private(set) var notes: [String] = []
    private(set) var isClosed = false

    /// - Parameter registrations: The receipts with which the log registered keys.
    init(_ receipts: [ItemVerifier.Checked], registrations: [ItemVerifier.Checked]) {
        checkEmitters(receipts + registrations)
        checkKeys(receipts + registrations, registrations)
        checkClosing(receipts)
        checkIntents(receipts)
    }

    /// One place in an emitter's sequence, one receipt; and each names the one before it.
    private mutating func checkEmitters(_ receipts: [ItemVerifier.Checked]) {
        struct Place: Hashable {
            let service: String, instance: String
            let epoch: Int64, sequence: Int64
        }
        var digests: [Place: SHA256Digest] = [:]
        for case (let leaf?, let statement?) in receipts.map({ ($0.leaf, $0.statement) }) {
            let position = statement.emitter.position
            let place = Place(
                service: statement.emitter.service.rawValue, instance: statement.emitter.instance, epoch: position.epoch,
                sequence: position.sequence)
            if let other = digests[place], other != leaf.digest {
                add(.forked, "\(place.service) signed two receipts as number \(place.sequence)")
            }
            digests[place] = leaf.digest
        }
        for case let statement? in receipts.map(\.statement) {
            let position = statement.emitter.position
            let before = Place(
                service: statement.emitter.service.rawValue, instance: statement.emitter.instance, epoch: position.epoch,
                sequence: position.sequence - 1)
            if let digest = digests[before], digest != position.previous {
                add(.forked, "\(before.service)'s receipt \(position.sequence) does not follow its receipt \(before.sequence)")
            }
        }
    }

    /// The log itself must say whose each key is, so that none can come and go unseen.
    private mutating func checkKeys(_ receipts: [ItemVerifier.Checked], _ registrations: [ItemVerifier.Checked]) {
        var registered: Set<String> = []
        for statement in registrations.compactMap(\.statement) where statement.outcome == "registered" {
            let isSound =
                statement.emitter.service == .ledger && statement.subject.count == 1
                && statement.facts["spki"]?.stringValue.flatMap({ Base64.decode($0) }).map({ SHA256Digest(hashing: $0) })
                    == statement.subject[0].digest
            if isSound { registered.insert(statement.subject[0].digest.hex) }
        }
        for keyID in Set(receipts.compactMap { $0.leaf?.signature.keyID }).subtracting(registered).sorted() {
            add(.missing, "the log's registration of key \(keyID.prefix(16))… is not here")
        }
    }

    private mutating func checkClosing(_ receipts: [ItemVerifier.Checked]) {
        let closings = receipts.filter { $0.statement?.kind == .runClose }
        guard let closing = closings.first, let statement = closing.statement else {
            notes.append("the run is open: no receipt commits to the set, so nothing says that this is all")
            return
        }
        guard closings.count == 1 else { return add(.forked, "the run was closed \(closings.count) times") }
        guard statement.emitter.service == .flowEngine else { return add(.invalid, "the run was closed by \(statement.emitter.service)") }
        guard let claimed = ClaimedRunSet(facts: statement.facts), statement.subject.contains(where: { $0.digest == claimed.root }) else {
            return add(.invalid, "the closing receipt does not state its set of receipts")
        }
        isClosed = true
        let present = Set(receipts.filter { $0.statement?.kind != .runClose }.compactMap { $0.leaf?.digest })
        check(claimed, present, closing: closing, receipts)
    }

    private mutating func check(
        _ claimed: ClaimedRunSet, _ present: Set<SHA256Digest>, closing: ItemVerifier.Checked, _ receipts: [ItemVerifier.Checked]
    ) {
        let place = closing.index.map { " (index \($0))" } ?? ""
        if let members = claimed.members {
            let absent = members.filter { !present.contains($0) }
            guard absent.isEmpty else {
                let names = absent.prefix(3).map { $0.hex.prefix(16) + "…" }.joined(separator: ", ")
                return add(.missing, "\(absent.count) of the \(claimed.count) receipts that the run was closed with are not here: \(names)")
            }
            let late = present.count - members.count
            notes.append("run-close\(place) commits to \(claimed.count) receipts: all are here" + (late > 0 ? ", and \(late) beside them" : ""))
            return
        }
        // Unlisted: the set is either all that is here or, where others came late, all that was logged before the close.
        let early = receipts.filter { ($0.index ?? .max) < (closing.index ?? 0) }.compactMap { $0.leaf?.digest }
        guard [RunSet(present), RunSet(early)].contains(where: { $0.root == claimed.root }) else {
            return add(.missing, "the run was closed with \(claimed.count) receipts; the \(present.count) here are not that set")
        }
        notes.append("run-close\(place) commits to \(claimed.count) receipts: all are here")
    }

    /// What was announced to the log before it was done must have said how it ended.
    private mutating func checkIntents(_ receipts: [ItemVerifier.Checked]) {
        let results = receipts.filter { $0.statement?.phase == .result }
        let answered = Set(results.flatMap { $0.statement?.causes ?? [] })
        let intents = receipts.filter { $0.statement?.phase == .intent }
        for intent in intents {
            guard let leaf = intent.leaf, let statement = intent.statement, !answered.contains(leaf.digest) else { continue }
            let what = "\(statement.kind.name) \(statement.id) of \(statement.emitter.service)"
            if isClosed {
                add(.missing, "the intent \(what) has no result")
            } else {
                notes.append("the intent \(what) has no result yet")
            }
        }
        if !intents.isEmpty && findings.isEmpty && isClosed { notes.append("each of \(intents.count) intents has its result") }
    }

    private mutating func add(_ outcome: Outcome, _ reason: String) { findings.append(Finding(outcome: outcome, reason: reason)) }
}
