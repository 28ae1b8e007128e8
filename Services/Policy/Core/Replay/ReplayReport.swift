public import FoundationEssentials
internal import Identity
public import JSON
public import Trust

/// What came of a replay.
public struct ReplayReport: Sendable {
    public let draft: SHA256Digest
    /// That decided in the window, as far as they are known.
    public let bundles: [SHA256Digest]
    public let since: Date
    public let until: Date
    private let engine: String
    private let tally: ReplayTally

    init(tally: ReplayTally, draft: SHA256Digest, bundles: [SHA256Digest], engine: String, since: Date, until: Date) {
        self.tally = tally
        self.draft = draft
        self.bundles = bundles
        self.engine = engine
        self.since = since
        self.until = until
    }

    public var total: Int { tally.total }
    public var replayed: Int { tally.ways.values.reduce(0, +) }
    public func count(_ gap: Replay.Gap) -> Int { tally.gaps[gap] ?? 0 }
    public func count(_ way: Replay.How) -> Int { tally.ways[way] ?? 0 }

    public func count(from before: Verdict, to after: Verdict) -> Int { tally.cells[.init(before: before, after: after)]?.count ?? 0 }
    public func conditional(from before: Verdict, to after: Verdict) -> Int { tally.cells[.init(before: before, after: after)]?.conditional ?? 0 }

    /// Decisions that would be looser than they were.
    public var loosened: Int { tally.cells.reduce(0) { $0 + ($1.key.after < $1.key.before ? $1.value.count : 0) } }
    public var tightened: Int { tally.cells.reduce(0) { $0 + ($1.key.after > $1.key.before ? $1.value.count : 0) } }

    public var examples: [ReplayExample] { cells.flatMap(\.1.examples) }

    private var cells: [(ReplayTally.Pair, ReplayTally.Cell)] {
        tally.cells.map { ($0.key, $0.value) }.sorted { ($0.0.before, $0.0.after) < ($1.0.before, $1.0.after) }
    }

    /// In a person's words, coverage first.
    public var sentence: String {
        let share = total == 0 ? "no decision is in the window" : "\(replayed) of \(total) decisions replayed"
        let changed = cells.filter { $0.0.before != $0.0.after }
        guard !changed.isEmpty else { return "\(share): none would be another" }
        let blocked = changed.filter { $0.0.after == .deny }
        var parts: [String] = []
        if !blocked.isEmpty { parts.append("would have blocked \(blocked.reduce(0) { $0 + $1.1.count })\(Self.known(blocked.map(\.1)))") }
        let opened = changed.filter { $0.0.before == .deny }
        if !opened.isEmpty { parts.append("would have let through \(opened.reduce(0) { $0 + $1.1.count })\(Self.known(opened.map(\.1)))") }
        let rest = changed.filter { $0.0.after != .deny && $0.0.before != .deny }
        if !rest.isEmpty { parts.append("other conditions for \(rest.reduce(0) { $0 + $1.1.count })") }
        return "\(share): \(parts.joined(separator: "; "))"
    }

    /// ", of which 37 were later approved by people, 3120.00 USD of spend, 2 incidents caught"
    private static func known(_ cells: [ReplayTally.Cell]) -> String {
        func sum(_ kind: DecisionOutcome.Kind) -> Int { cells.reduce(0) { $0 + ($1.outcomes[kind] ?? 0) } }
        var parts: [String] = []
        if sum(.approved) > 0 { parts.append("\(sum(.approved)) were later approved by people") }
        if sum(.succeeded) > 0 { parts.append("\(sum(.succeeded)) were carried out") }
        if sum(.failed) > 0 { parts.append("\(sum(.failed)) failed") }
        if sum(.mayHaveRun) > 0 { parts.append("\(sum(.mayHaveRun)) may have run") }
        if sum(.rejected) > 0 { parts.append("\(sum(.rejected)) were refused by people") }
        let spent = cells.reduce(into: [String: Int64]()) { total, cell in total.merge(cell.spent, uniquingKeysWith: +) }
        parts += spent.sorted { $0.key < $1.key }.map { "\(Money(micros: $0.value, currency: $0.key)) of spend" }
        if sum(.incident) > 0 { parts.append("\(sum(.incident)) incidents caught") }
        return parts.isEmpty ? "" : ", of which " + parts.joined(separator: ", ")
    }

    // MARK: JSON

    /// Canonical once encoded so; without floats, so that its digest can be signed.
    public var json: JSONValue {
        [
            "format": "provable-replay/v1", "draft": .string(draft.hex), "bundles": .array(bundles.map { .string($0.hex) }),
            "engine": .string(engine), "since": .string(Moment.text(since)), "until": .string(Moment.text(until)),
            "coverage": coverage, "matrix": .array(cells.map(Self.json)), "loosened": .int(Int64(loosened)),
            "tightened": .int(Int64(tightened)), "sentence": .string(sentence),
        ]
    }

    private var coverage: JSONValue {
        var members: JSONObject = ["decisions": .int(Int64(total)), "replayed": .int(Int64(replayed))]
        for how in Replay.How.allCases { members[how.rawValue] = .int(Int64(count(how))) }
        for gap in Replay.Gap.allCases { members[gap.rawValue] = .int(Int64(count(gap))) }
        return .object(members)
    }

    private static func json(_ pair: ReplayTally.Pair, _ cell: ReplayTally.Cell) -> JSONValue {
        var members: JSONObject = [
            "before": .string(pair.before.word), "after": .string(pair.after.word), "count": .int(Int64(cell.count)),
            "conditional": .int(Int64(cell.conditional)),
        ]
        if !cell.outcomes.isEmpty {
            members["outcomes"] = .object(
                JSONObject(DecisionOutcome.Kind.allCases.compactMap { kind in cell.outcomes[kind].map { (kind.rawValue, .int(Int64($0))) } }))
        }
        if !cell.spent.isEmpty {
            members["spent_micros"] = .object(JSONObject(cell.spent.sorted { $0.key < $1.key }.map { ($0.key, .int($0.value)) }))
        }
        if !cell.examples.isEmpty { members["examples"] = .array(cell.examples.map(\.json)) }
        return .object(members)
    }
}

extension ReplayExample {
    var json: JSONValue {
        [
            "decision": .string(id.uuidString.lowercased()), "time": .string(Moment.text(time)), "principal": .string(principal),
            "action": .string(action), "resource": .string(resource), "before": .string(before.word), "after": .string(after.word),
            "conditional": .bool(isConditional),
        ]
    }
}
