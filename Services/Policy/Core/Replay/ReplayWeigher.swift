internal import Cedar
internal import JSON
internal import SessionRules

/// Asks a draft about one decision with what it was about. It depends on no other decision, so that many can be asked at once.
public struct ReplayWeigher: Sendable {
    let draft: CompiledBundle
    let judge: Judge

    public func weigh(_ decision: LoggedDecision, _ content: LoggedDecision.Content) -> Replay.Treatment {
        do throws(InputFault) {
            let question = decision.question(content)
            if try asksUnknownRule(question) { return .gap(.unknownSessionRule) }
            return .verdict(try judge.verdict(question), how: .weighed)
        } catch {
            return .gap(.unaskable)
        }
    }

    private func asksUnknownRule(_ question: Question) throws(InputFault) -> Bool {
        guard draft.hasSessionRules else { return false }
        let told = question.context["session"]
        let unknown = draft.sessionRules.rules.filter { told?[$0.name.string] == nil }.map(\.policy)
        guard !unknown.isEmpty else { return false }
        let matter = try draft.matter(question)
        return draft.policies.matching(matter.request(.none), matter.entities).contains { unknown.contains($0.id) }
    }
}
