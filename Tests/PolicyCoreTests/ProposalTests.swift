import Cedar
import FoundationEssentials
import JSON
import Testing

@testable import PolicyCore

@Suite("Adaptive proposals")
struct ProposalTests {
    private static let policies = operatorsMayPay + "@id(\"idle\") permit(principal, action == Action::\"fly\", resource);\n" + largeNeedsFinance
    private let since = noon
    private let until = noon + 30 * 86_400

    private func decision(
        _ bundle: CompiledBundle, principal: String = "dana", action: String = "pay", at time: Date, verdict: Verdict = .allow,
        outcomes: [DecisionOutcome] = []
    ) -> LoggedDecision {
        LoggedDecision(
            id: UUID(), bundle: bundle.digest, engine: "e", session: "", time: time, principalType: "User", principal: principal, roles: ["operator"],
            action: action, resourceType: "Account", resource: "main", verdict: verdict, satisfiedPermits: ["may"],
            satisfiedForbids: verdict == .requireApproval ? ["large"] : [], erring: [], outcomes: outcomes)
    }

    private func finder(_ bundle: CompiledBundle) -> ProposalFinder { ProposalFinder(bundle: bundle, since: since, until: until) }

    @Test("A permit that permitted nothing, once enough was asked to say so")
    func unused() throws {
        let bundle = try bundle(Self.policies)
        var finder = finder(bundle)
        for index in 0..<99 { finder.add(decision(bundle, at: since + Double(index) * 7_200)) }
        #expect(finder.proposals().isEmpty)
        finder.add(decision(bundle, at: since + 99 * 7_200))
        let proposal = try #require(finder.proposals().first)
        #expect(finder.proposals().count == 1 && proposal.kind == .unusedPermit && proposal.policy == "idle" && proposal.tightens)
        let draft = try CompiledBundle.compile(policies: proposal.policies)
        #expect(BundleDifference(from: bundle, to: draft).changes.map { "\($0.policy) \($0.change.word)" } == ["idle removed"])
        #expect(BundleDifference(from: bundle, to: draft).onlyTightens(from: bundle, to: draft))
    }

    @Test("What other bundles did counts for the policies that are the same in them, and for no others")
    func otherBundles() throws {
        let bundle = try bundle(Self.policies)
        let same = try CompiledBundle.compile(policies: "// earlier\n" + Self.policies)
        let without = try CompiledBundle.compile(policies: operatorsMayPay)
        for (other, expected) in [(same, 1), (without, 0)] {
            var finder = finder(bundle)
            finder.know(other)
            for index in 0..<120 { finder.add(decision(other, at: since + Double(index) * 7_200)) }
            #expect(finder.proposals().count == expected)
        }
    }

    @Test("A gate that people opened each time loosens, and one refusal ends it")
    func alwaysApproved() throws {
        let bundle = try bundle(Self.policies)
        for refusals in [0, 1] {
            var finder = finder(bundle)
            for index in 0..<20 {
                let kind: DecisionOutcome.Kind = index < refusals ? .rejected : .approved
                finder.add(
                    decision(bundle, at: since + Double(index) * 7_200, verdict: .requireApproval, outcomes: [DecisionOutcome(kind: kind)]))
            }
            let found = finder.proposals().filter { $0.kind == .alwaysApproved }
            #expect(found.count == 1 - refusals)
            guard let proposal = found.first else { continue }
            #expect(!proposal.tightens)
            let draft = try CompiledBundle.compile(policies: proposal.policies)
            #expect(!BundleDifference(from: bundle, to: draft).onlyTightens(from: bundle, to: draft))
        }
    }

    @Test("An hour with far more than the others, and a first time, are asked of a person")
    func burstsAndNovelties() throws {
        let bundle = try bundle(operatorsMayPay)
        var finder = finder(bundle)
        for index in 0..<20 { finder.add(decision(bundle, at: since + Double(index) * 7_200)) }
        for index in 0..<25 { finder.add(decision(bundle, principal: "robot", at: since + Double(index))) }
        for index in 1..<4 { finder.add(decision(bundle, principal: "robot", at: since + Double(index) * 86_400)) }
        finder.add(decision(bundle, action: "refund", at: until - 60))
        finder.add(decision(bundle, principal: "newcomer", action: "refund", at: until - 60))
        let found = finder.proposals()
        #expect(found.map(\.kind) == [.burst, .novelTuple])
        #expect(found.map(\.sentence)[0] == "robot did pay 25 times in one hour, and 3 times in its other 3")
        #expect(found.map(\.sentence)[1] == "dana did refund for the first time, to main")
        for proposal in found {
            let draft = try CompiledBundle.compile(policies: proposal.policies)
            #expect(BundleDifference(from: bundle, to: draft).onlyTightens(from: bundle, to: draft))
            #expect(draft.gates[PolicyID(proposal.policy)]?.role == "admin")
        }
        let guarded = try CompiledBundle.compile(policies: found[0].policies)
        var asked = question("pay", input: [:])
        asked.principal = "robot"
        #expect(try Judge(bundle: guarded).verdict(asked) == .requireApproval)
        asked.principal = "dana"
        #expect(try Judge(bundle: guarded).verdict(asked) == .allow)
    }

    @Test("Only forbids that come and permits that go tighten for certain")
    func onlyTightens() throws {
        let old = try bundle(Self.policies)
        let drafts: [(String, Bool)] = [
            (Self.policies + "@id(\"x\") forbid(principal, action, resource);", true),
            (Self.policies + "@id(\"x\") permit(principal, action, resource);", false), (operatorsMayPay + largeNeedsFinance, true),
            (operatorsMayPay, false), (Self.policies.replacing("500", with: "400"), false),
        ]
        for (text, expected) in drafts {
            let draft = try bundle(text)
            #expect(BundleDifference(from: old, to: draft).onlyTightens(from: old, to: draft) == expected, "\(text)")
        }
        let widened = try bundle(
            Self.policies, entities: [["uid": ["type": "User", "id": "x"], "attrs": [:], "parents": [["type": "Role", "id": "operator"]]]])
        #expect(!BundleDifference(from: old, to: widened).onlyTightens(from: old, to: widened))
    }
}
