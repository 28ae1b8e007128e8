import CopilotCore
import Identity
import Testing

@Suite struct AnswerComposerTests {
    private let composer = AnswerComposer()

    private func receipt(_ index: UInt64, _ kind: String, step: String = "", phase: String = "single") -> Citation {
        Citation(receipt: .make(), logIndex: index, kind: kind, digestHex: "00", step: step, phase: phase)
    }

    private func run(state: String, outcome: String = "") -> RunFacts {
        RunFacts(
            id: .make(), title: "Incident response", state: state, currentNode: "contain", whyWaiting: "an approval by on-call is open.",
            outcome: outcome)
    }

    @Test func citesTheLatestReceiptOfTheWaitingStep() {
        let wanted = receipt(7, "policy-decision/v1", step: "contain")
        let answer = composer.whyWaiting(
            run(state: "waiting"), receipts: [receipt(3, "policy-decision/v1", step: "contain"), wanted, receipt(9, "meter/v1")])
        #expect(answer.sentences.map(\.citations) == [[wanted]])
        #expect(answer.sentences[0].text.hasSuffix("waits: an approval by on-call is open."))
    }

    @Test func abstainsWithoutAReceipt() {
        #expect(composer.whyWaiting(run(state: "waiting"), receipts: []).abstained)
        #expect(composer.runCost(run(state: "running"), events: [], currency: "USD", receipts: []).abstained)
    }

    @Test func addsUpTheCostAndNamesWhereItWent() {
        let call = receipt(4, "connector-call/v1", step: "post", phase: "result")
        let close = receipt(8, "run-close/v1")
        let events = [
            CostFact(meter: "connector-calls", service: "slack", step: "post", micros: 1_500),
            CostFact(meter: "steps", service: "flow-engine", step: "post", micros: 0),
            CostFact(meter: "connector-calls", service: "jira", step: "unproved", micros: 10),
        ]
        let answer = composer.runCost(run(state: "succeeded", outcome: "success"), events: events, currency: "USD", receipts: [call, close])
        #expect(answer.sentences.map(\.citations) == [[close], [call]])
        #expect(answer.sentences[0].text.contains("cost 0.00151 USD, in 3 metered events"))
        #expect(answer.sentences[1].text == "0.0015 USD of it went to slack.")
    }

    @Test func listsWhatWasBlocked() {
        let citation = receipt(1, "policy-decision/v1")
        let blocks = (0..<7).map { _ in
            BlockFact(
                principal: "Flow::\"x\"", action: "slack.chat.postMessage", resource: "Connector::\"slack\"", policies: ["no-external"],
                citation: citation)
        }
        let answer = composer.blockedToday(blocks)
        #expect(answer.sentences.count == 6)
        #expect(answer.sentences[0].text.hasPrefix("Policy blocked 7 actions today"))
        #expect(answer.sentences[1].text.hasSuffix(": no-external."))
        #expect(!composer.blockedToday([]).abstained)
    }
}
