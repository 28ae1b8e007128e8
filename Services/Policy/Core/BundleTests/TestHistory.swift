internal import FoundationEssentials
internal import Identity
internal import JSON
internal import SessionRules
internal import Trust

/// What happened in the session before a test asks: `request.history`, each like the request itself, which stands for all that is left out.
///
///     "history": [{"ago": "20m", "input": {"amount": 300}, "outcome": "succeeded"}, {"ago": "5m", "action": "approve"}]
struct TestHistory: Sendable {
    /// What became of an earlier request; where nothing is said, whatever the policies themselves say of it.
    enum Outcome: String, CaseIterable, Sendable { case denied, allowed, succeeded, failed, cancelled }

    struct Earlier: Sendable {
        let question: Question
        let secondsAgo: TimeInterval
        let outcome: Outcome?
        /// What came back, for rules that look at responses.
        let output: JSONValue
    }

    static let countMax = 1_000

    /// The oldest first.
    let earlier: [Earlier]

    init(_ earlier: [Earlier]) { self.earlier = earlier.sorted { $0.secondsAgo > $1.secondsAgo } }

    /// Lays over the question what the session rules say of it.
    func tell(_ question: inout Question, under bundle: CompiledBundle, at time: Date) throws(InputFault) {
        guard bundle.hasSessionRules else { return }
        do throws(SessionFault) {
            var history = try SessionHistory(under: bundle, state: nil)
            for (index, one) in earlier.enumerated() { try replay(one, index, &history, bundle, at: time) }
            _ = try history.ask(&question, under: bundle)
        } catch {
            throw InputFault(field: "history", message: "\(error)")
        }
    }

    private func replay(
        _ one: Earlier, _ index: Int, _ history: inout SessionHistory, _ bundle: CompiledBundle, at time: Date
    ) throws(SessionFault) {
        var question = one.question
        question.time = time.addingTimeInterval(-one.secondsAgo)
        let asked = try history.ask(&question, under: bundle)
        let name = Self.name(index)
        history.conclude(asked, verdict(one, question, bundle), decision: name)
        switch one.outcome {
        case .succeeded:
            try history.settle(name)
            try history.note("response", of: question, output: one.output)
        case .failed:
            try history.cancel(name)
            try history.note("error", of: question, output: one.output)
        case .cancelled: try history.cancel(name)
        case .allowed, .denied, nil: break
        }
    }

    private func verdict(_ one: Earlier, _ question: Question, _ bundle: CompiledBundle) -> Verdict {
        switch one.outcome {
        case .denied: .deny
        case .some: .allow
        case nil: (try? Judge(bundle: bundle).verdict(question)) ?? .deny
        }
    }

    private static func name(_ index: Int) -> UUID {
        UUID(bytes: SHA256Digest(hashing: Array("test|\(index)".utf8)).bytes.prefix(16))
            ?? UUID(uuid: (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0))
    }
}
