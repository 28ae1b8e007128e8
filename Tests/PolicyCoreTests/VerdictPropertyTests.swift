import Cedar
import FoundationEssentials
import JSON
import Testing

@testable import PolicyCore

/// The algebra of gates on random policy sets. The seed of a failing case is in its message.
@Suite("Verdict properties")
struct VerdictPropertyTests {
    private static let cases: Range<UInt64> = 0..<400

    private func judgement(_ policies: [String], _ question: Question) throws -> Judgement {
        let text = policies.enumerated().map { "@id(\"p\($0)\") \($1)" }.joined(separator: "\n")
        return try Judge(bundle: bundle(text)).judge(question)
    }

    @Test("A permit added never removes a gate")
    func permitsKeepGates() throws {
        var gated = 0
        for seed in Self.cases {
            var random = PolicyGenerator(seed: seed)
            let (policies, question) = (random.policies(), try random.question())
            let before = try judgement(policies, question)
            guard !before.gates.isEmpty else { continue }
            gated += 1
            let after = try judgement(policies + [random.permit()], question)
            #expect(after.gates == before.gates, "seed \(seed)")
            #expect(after.verdict == before.verdict, "seed \(seed)")
        }
        #expect(gated > 50, "the cases must reach gates to say anything")
    }

    @Test("A forbid added never loosens")
    func forbidsOnlyTighten() throws {
        for seed in Self.cases {
            var random = PolicyGenerator(seed: seed)
            let (policies, question) = (random.policies(), try random.question())
            let before = try judgement(policies, question).verdict
            let after = try judgement(policies + [random.forbid()], question).verdict
            #expect(after >= before, "seed \(seed): \(before) became \(after)")
        }
    }

    @Test("The order of policies does not matter")
    func orderIsIrrelevant() throws {
        for seed in Self.cases {
            var random = PolicyGenerator(seed: seed)
            let (policies, question) = (random.policies(), try random.question())
            let before = try judgement(policies, question)
            let after = try judgement(policies.shuffled(using: &random.source), question)
            #expect(after.verdict == before.verdict, "seed \(seed)")
            #expect(after.input == before.input, "seed \(seed)")
            #expect(Set(after.gates.map(\.role)) == Set(before.gates.map(\.role)), "seed \(seed)")
        }
    }

    @Test("An approval never tightens, and one of another input changes nothing")
    func approvalsOnlyOpen() throws {
        for seed in Self.cases {
            var random = PolicyGenerator(seed: seed)
            var (policies, question) = (random.policies(), try random.question())
            policies = policies.shuffled(using: &random.source)
            question.grants = []
            let before = try judgement(policies, question)
            question.grants = [try grant("finance", for: ["n": 99]), try grant("legal", for: ["n": 99])]
            #expect(try judgement(policies, question).verdict == before.verdict, "seed \(seed)")
            question.grants = [try grant("finance", for: before.input)]
            let after = try judgement(policies, question)
            #expect(after.verdict <= before.verdict, "seed \(seed)")
            #expect(after.satisfiedForbids == before.satisfiedForbids, "seed \(seed)")
        }
    }

    @Test("The verdict alone is the verdict of the judgement")
    func verdictAlone() throws {
        for seed in Self.cases {
            var random = PolicyGenerator(seed: seed)
            let text = random.policies().enumerated().map { "@id(\"p\($0)\") \($1)" }.joined(separator: "\n")
            let question = try random.question()
            let judge = try Judge(bundle: bundle(text))
            #expect(try judge.verdict(question) == judge.judge(question).verdict, "seed \(seed)")
        }
    }

    @Test("With every approval that is asked for, the answer is no longer that one must be asked for")
    func approvalsSuffice() throws {
        for seed in Self.cases {
            var random = PolicyGenerator(seed: seed)
            var (policies, question) = (random.policies(), try random.question())
            policies = policies.shuffled(using: &random.source)
            question.grants = []
            let before = try judgement(policies, question)
            guard before.verdict == .requireApproval || before.verdict == .redactAndRequireApproval else { continue }
            question.grants = try before.gates.filter { $0.kind == .approval }.map { try grant($0.role, for: before.input) }
            #expect(try judgement(policies, question).verdict < .requireApproval, "seed \(seed)")
        }
    }

    @Test("Verdicts are ordered by severity")
    func severity() {
        #expect(Verdict.allCases.sorted() == [.allow, .redact, .requireApproval, .redactAndRequireApproval, .deny])
        for verdict in Verdict.allCases { #expect(Verdict(word: verdict.word) == verdict) }
    }
}
