internal import Identity

/// Turns facts into sentences. A sentence that no receipt supports is not written; where none is left, the answer abstains.
public struct AnswerComposer: Sendable {
    /// Blocks listed one by one; the rest is counted.
    private static let listedBlocks = 5

    public init() {}

    public func whyWaiting(_ run: RunFacts, receipts: [Citation]) -> Answer {
        guard let last = latest(receipts, atStep: run.currentNode) ?? receipts.max(by: { $0.logIndex < $1.logIndex }) else {
            return .abstention("No receipt of \(run.name) is in the log yet, so nothing about it can be proved.")
        }
        switch run.state {
        case "waiting":
            let because = run.whyWaiting.isEmpty ? "its step \"\(run.currentNode)\" is not done" : run.whyWaiting
            return Answer(sentences: [Sentence(text: "\(run.name) waits: \(because)", citations: [last])])
        case "running":
            return Answer(sentences: [Sentence(text: "\(run.name) is not waiting: it runs its step \"\(run.currentNode)\".", citations: [last])])
        default:
            let ended = run.outcome.isEmpty ? run.state : "\(run.state) (\(run.outcome))"
            let close = receipts.last { $0.kind.hasPrefix("run-close") } ?? last
            return Answer(sentences: [Sentence(text: "\(run.name) is not waiting: it has ended as \(ended).", citations: [close])])
        }
    }

    public func runCost(_ run: RunFacts, events: [CostFact], currency: String, receipts: [Citation]) -> Answer {
        guard let anchor = receipts.last(where: { $0.kind.hasPrefix("run-close") }) ?? receipts.max(by: { $0.logIndex < $1.logIndex }) else {
            return .abstention("No receipt of \(run.name) is in the log yet, so its cost cannot be proved.")
        }
        let total = events.reduce(0) { $0 + $1.micros }
        let soFar = run.outcome.isEmpty ? " so far" : ""
        var sentences = [
            Sentence(
                text: "\(run.name) cost \(Money(micros: total, currency: currency))\(soFar), in \(events.count) metered events.",
                citations: [anchor])
        ]
        let paid = Dictionary(grouping: events.filter { $0.micros > 0 }, by: \.service)
            .map { (service: $0.key, micros: $0.value.reduce(0) { $0 + $1.micros }, steps: Set($0.value.map(\.step))) }
            .sorted { ($0.micros, $1.service) > ($1.micros, $0.service) }
        for part in paid {
            let calls = receipts.filter { $0.kind.hasPrefix("connector-call") && $0.phase == "result" && part.steps.contains($0.step) }
            guard !calls.isEmpty else { continue }
            sentences.append(Sentence(text: "\(Money(micros: part.micros, currency: currency)) of it went to \(part.service).", citations: calls))
        }
        return Answer(sentences: sentences)
    }

    public func blockedToday(_ blocks: [BlockFact]) -> Answer {
        let proved = blocks.filter { $0.citation != nil }
        guard !proved.isEmpty else {
            return Answer(
                sentences: [Sentence(text: "Policy blocked nothing today (since 00:00 UTC).", citations: [])], abstained: !blocks.isEmpty,
                suggestions: Answer.answerable)
        }
        let count = proved.count == 1 ? "1 action" : "\(proved.count) actions"
        var sentences = [
            Sentence(text: "Policy blocked \(count) today (since 00:00 UTC).", citations: proved.prefix(Self.listedBlocks).compactMap(\.citation))
        ]
        for block in proved.prefix(Self.listedBlocks) {
            guard let citation = block.citation else { continue }
            let by = block.policies.isEmpty ? "no policy permits it" : block.policies.joined(separator: ", ")
            sentences.append(
                Sentence(text: "\(block.principal) wanted \(block.action) on \(block.resource): \(by).", citations: [citation]))
        }
        return Answer(sentences: sentences)
    }

    private func latest(_ receipts: [Citation], atStep step: String) -> Citation? {
        receipts.filter { $0.step == step }.max { $0.logIndex < $1.logIndex }
    }
}
