public import FoundationEssentials

/// The counts of a replay while it runs.
struct ReplayTally: Sendable {
    struct Pair: Hashable, Sendable {
        let before: Verdict
        let after: Verdict
    }

    /// One pair of verdicts.
    struct Cell: Sendable {
        var count = 0
        /// Of these, that came after their session's first other verdict.
        var conditional = 0
        var outcomes: [DecisionOutcome.Kind: Int] = [:]
        /// Micros by currency.
        var spent: [String: Int64] = [:]
        var examples: [ReplayExample] = []
    }

    let examplesMax: Int
    var total = 0
    var gaps: [Replay.Gap: Int] = [:]
    var ways: [Replay.How: Int] = [:]
    var cells: [Pair: Cell] = [:]
    private var diverged: Set<String> = []

    init(examplesMax: Int) { self.examplesMax = examplesMax }

    mutating func note(_ decision: LoggedDecision, _ treatment: Replay.Treatment) {
        total += 1
        switch treatment {
        case .weigh: gaps[.erasedContext, default: 0] += 1
        case .gap(let gap): gaps[gap, default: 0] += 1
        case .verdict(let verdict, let how):
            ways[how, default: 0] += 1
            let isConditional = !decision.session.isEmpty && diverged.contains(decision.session)
            count(decision, verdict, isConditional)
            if verdict != decision.verdict, !decision.session.isEmpty { diverged.insert(decision.session) }
        }
    }

    private mutating func count(_ decision: LoggedDecision, _ verdict: Verdict, _ isConditional: Bool) {
        let pair = Pair(before: decision.verdict, after: verdict)
        var cell = cells.removeValue(forKey: pair) ?? Cell()
        cell.count += 1
        if isConditional { cell.conditional += 1 }
        for outcome in decision.outcomes {
            cell.outcomes[outcome.kind, default: 0] += 1
            if outcome.kind == .spent { cell.spent[outcome.currency, default: 0] += outcome.amountMicros }
        }
        if pair.before != pair.after, cell.examples.count < examplesMax {
            cell.examples.append(ReplayExample(decision, verdict, isConditional: isConditional))
        }
        cells[pair] = cell
    }
}

/// A decision that would be another one.
public struct ReplayExample: Hashable, Sendable {
    public let id: UUID
    public let time: Date
    public let principal: String
    public let action: String
    public let resource: String
    public let before: Verdict
    public let after: Verdict
    public let isConditional: Bool

    init(_ decision: LoggedDecision, _ verdict: Verdict, isConditional: Bool) {
        id = decision.id
        time = decision.time
        principal = decision.principal
        action = decision.action
        resource = decision.resource
        before = decision.verdict
        after = verdict
        self.isConditional = isConditional
    }
}
