import Cedar
import FoundationEssentials
import JSON
import SessionRules
import Testing
import Trust

@testable import PolicyCore

@Suite("Replay")
struct ReplayTests {
    private static let engine = "test/1"

    private func logged(
        _ question: Question, by bundle: CompiledBundle, id: UUID = UUID(), session: String = "", outcomes: [DecisionOutcome] = []
    ) throws -> (LoggedDecision, LoggedDecision.Content) {
        let judgement = try Judge(bundle: bundle).judge(question)
        let decision = LoggedDecision(
            id: id, bundle: bundle.digest, engine: Self.engine, session: session, time: question.time, principalType: question.principalType,
            principal: question.principal, roles: question.roles, action: question.action, resourceType: question.resourceType,
            resource: question.resource, verdict: judgement.verdict, satisfiedPermits: judgement.satisfiedPermits,
            satisfiedForbids: judgement.satisfiedForbids, erring: judgement.errors.map(\.policy), outcomes: outcomes)
        return (decision, LoggedDecision.Content(context: question.context, input: question.input, grants: question.grants))
    }

    private func report(_ replay: Replay) -> ReplayReport { replay.report(since: noon, until: noon + 60) }

    @Test("What only the difference can touch is weighed, and comes out as if all were")
    func incrementalIsFull() throws {
        var ways: [Replay.How: Int] = [:]
        for seed in 0..<250 as Range<UInt64> {
            var random = PolicyGenerator(seed: seed &+ 7_000)
            func text(_ policies: [(String, String)]) -> String { policies.map { "@id(\"\($0.0)\") \($0.1)" }.joined(separator: "\n") }
            var policies = random.policies().enumerated().map { ("p\($0)", $1) }
            let old = try bundle(text(policies))
            switch random.source.next() % 4 {
            case 0: policies.remove(at: Int(random.source.next() % UInt64(policies.count)))
            case 1: policies.append(("new", random.forbid()))
            case 2: policies.append(("new", random.permit()))
            default: policies[Int(random.source.next() % UInt64(policies.count))].1 = random.forbid()
            }
            let draft = try bundle(text(policies))
            var incremental = Replay(draft: draft, engine: Self.engine, examplesMax: 100)
            var full = Replay(draft: draft, engine: Self.engine, isFull: true, examplesMax: 100)
            incremental.know(old)
            full.know(old)
            for number in 0..<20 {
                let (decision, content) = try logged(random.question(), by: old, session: "s\(number % 3)")
                incremental.add(decision, content)
                full.add(decision, content)
            }
            let (a, b) = (report(incremental), report(full))
            for before in Verdict.allCases {
                for after in Verdict.allCases {
                    #expect(a.count(from: before, to: after) == b.count(from: before, to: after), "seed \(seed): \(before) to \(after)")
                    #expect(a.conditional(from: before, to: after) == b.conditional(from: before, to: after), "seed \(seed)")
                }
            }
            #expect(a.examples == b.examples, "seed \(seed)")
            #expect(b.count(.weighed) == 20, "seed \(seed)")
            for how in Replay.How.allCases { ways[how, default: 0] += a.count(how) }
        }
        for how in Replay.How.allCases { #expect(ways[how, default: 0] > 200, "\(how) must be reached to say anything") }
    }

    @Test("Under its own bundle no decision is another")
    func fixpoint() throws {
        for seed in 0..<100 as Range<UInt64> {
            var random = PolicyGenerator(seed: seed)
            let same = try bundle(random.policies().enumerated().map { "@id(\"p\($0)\") \($1)" }.joined(separator: "\n"))
            var full = Replay(draft: same, engine: Self.engine, isFull: true)
            for _ in 0..<10 {
                let (decision, content) = try logged(random.question(), by: same)
                full.add(decision, content)
            }
            #expect(report(full).loosened == 0 && report(full).tightened == 0, "seed \(seed)")
        }
    }

    @Test("What cannot be replayed is counted with its reason; what the sets settle needs no context")
    func coverage() throws {
        let old = try bundle(operatorsMayPay + largeNeedsFinance)
        let (decision, content) = try logged(question(), by: old)
        var other = decision
        other.engine = "test/0"
        var removal = Replay(draft: try bundle(operatorsMayPay), engine: Self.engine)
        removal.know(old)
        removal.add(decision, nil)
        removal.add(other, content)
        #expect(report(removal).count(from: .requireApproval, to: .allow) == 1)
        #expect(report(removal).count(.settled) == 1)
        #expect(report(removal).count(.otherEngine) == 1)
        var change = Replay(
            draft: try bundle(operatorsMayPay + largeNeedsFinance.replacing("500", with: "5000")), engine: Self.engine)
        change.know(old)
        change.add(decision, nil)
        change.add(decision, content)
        #expect(report(change).count(.erasedContext) == 1)
        #expect(report(change).count(from: .requireApproval, to: .allow) == 1)
        #expect(report(change).json["coverage"]?["replayed"] == 1)
    }

    @Test("What a session rule would have said is in the log only where it was asked")
    func sessionRules() throws {
        let old = try bundle(operatorsMayPay)
        let rule =
            "@id(\"thrice\") forbid(principal, action == Action::\"pay\", resource) when temporal { bind(n, count_within(1h, Action::\"pay\"::reserved{}), n > 3) };"
        let draft = try bundle(operatorsMayPay + rule)
        var replay = Replay(draft: draft, engine: Self.engine)
        replay.know(old)
        let (decision, content) = try logged(question(), by: old)
        replay.add(decision, content)
        let (other, otherContent) = try logged(question("read"), by: old)
        replay.add(other, otherContent)
        var told = content
        told.context["session"] = .object(JSONObject(draft.sessionRules.rules.map { ($0.name.string, .bool(true)) }))
        replay.add(decision, told)
        #expect(report(replay).count(.unknownSessionRule) == 1)
        #expect(report(replay).count(from: .allow, to: .deny) == 1)
        #expect(report(replay).count(from: .deny, to: .deny) == 1)
    }

    @Test("After its first other verdict a session goes on only conditionally")
    func conditional() throws {
        let old = try bundle(operatorsMayPay)
        var replay = Replay(draft: try bundle(operatorsMayPay + largeNeedsFinance), engine: Self.engine)
        replay.know(old)
        for (amount, session) in [(5, "a"), (900, "a"), (5, "a"), (900, "a"), (900, "b"), (900, "")] as [(Int64, String)] {
            let (decision, content) = try logged(question(input: ["amount": .int(amount)]), by: old, session: session)
            replay.add(decision, content)
        }
        let report = report(replay)
        #expect(report.count(from: .allow, to: .requireApproval) == 4)
        #expect(report.conditional(from: .allow, to: .requireApproval) == 1)
        #expect(report.conditional(from: .allow, to: .allow) == 1)
        #expect(report.examples.map(\.isConditional) == [false, true, false])
    }

    @Test("Outcomes say what the difference would have cost and saved")
    func outcomes() throws {
        let old = try bundle(operatorsMayPay)
        var replay = Replay(
            draft: try bundle(operatorsMayPay + "@id(\"never\") forbid(principal, action, resource) when { context.input.amount > 500 };"),
            engine: Self.engine)
        replay.know(old)
        for index in 0..<3 {
            let outcomes = [
                DecisionOutcome(kind: .approved), DecisionOutcome(kind: .spent, amountMicros: 1_040_000_000, currency: "USD"),
                DecisionOutcome(kind: .incident),
            ].prefix(index + 1)
            let (decision, content) = try logged(question(), by: old, outcomes: Array(outcomes))
            replay.add(decision, content)
        }
        #expect(
            report(replay).sentence
                == "3 of 3 decisions replayed: would have blocked 3, of which 3 were later approved by people, 2080.00 USD of spend, 1 incidents caught"
        )
        #expect(report(replay).loosened == 0 && report(replay).tightened == 3)
    }

    @Test("An approval that was given counts in the replay, for the input that it is of")
    func approvals() throws {
        let old = try bundle(operatorsMayPay + largeNeedsFinance)
        let given = try grant("finance", for: question().input)
        let (decision, content) = try logged(question(grants: [given]), by: old)
        #expect(decision.verdict == .allow)
        var replay = Replay(
            draft: try bundle(operatorsMayPay + largeNeedsFinance.replacing("500", with: "600")), engine: Self.engine)
        replay.know(old)
        replay.add(decision, content)
        #expect(report(replay).count(from: .allow, to: .allow) == 1)
    }
}
