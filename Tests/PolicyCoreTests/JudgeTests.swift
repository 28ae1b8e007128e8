import Cedar
import FoundationEssentials
import JSON
import Testing

@testable import PolicyCore

@Suite("Verdicts")
struct JudgeTests {
    private func judge(_ policies: String, _ question: Question) throws -> Judgement { try Judge(bundle: bundle(policies)).judge(question) }

    @Test("What is permitted and not gated is allowed")
    func allow() throws {
        let judgement = try judge(operatorsMayPay + largeNeedsFinance, question(input: ["amount": 5]))
        #expect(judgement.verdict == .allow)
        #expect(judgement.determining == ["may"])
        #expect(judgement.reason == "allowed by may")
    }

    @Test("Without a permit everything is denied, and nobody is asked to approve it")
    func noPermit() throws {
        let judgement = try judge(operatorsMayPay + largeNeedsFinance, question(roles: ["guest"]))
        #expect(judgement.verdict == .deny)
        #expect(judgement.gates.isEmpty)
    }

    @Test("A gated forbid asks for approval, and the approval opens it for this input alone")
    func approval() throws {
        let policies = operatorsMayPay + largeNeedsFinance
        let first = try judge(policies, question())
        #expect(first.verdict == .requireApproval)
        #expect(first.gates.map(\.role) == ["finance"])
        #expect(first.gates.map(\.ttlSeconds) == [14_400])
        #expect(first.reason == "large requires approval by finance")
        let good = try grant("finance", for: question().input)
        #expect(try judge(policies, question(grants: [good])).verdict == .allow)
        #expect(try judge(policies, question(input: ["amount": 901, "note": "n"], grants: [good])).verdict == .requireApproval)
    }

    @Test("Grants that are expired, of another role, or given by the principal open nothing")
    func badGrants() throws {
        let policies = operatorsMayPay + largeNeedsFinance
        let input = question().input
        let grants = [
            try grant("finance", for: input, expires: noon), try grant("legal", for: input),
            try grant("finance", for: input, by: "Dana@ACME.example"),
            try grant("finance", for: input, by: ""),
        ]
        for grant in grants { #expect(try judge(policies, question(grants: [grant])).verdict == .requireApproval) }
    }

    @Test("A quorum is of different people")
    func quorum() throws {
        let policies = operatorsMayPay + largeNeedsFinance.replacing("@ttl", with: "@quorum(\"2\") @ttl")
        let input = question().input
        let chris = try grant("finance", for: input)
        let again = try grant("finance", for: input, by: "CHRIS@acme.example")
        let robin = try grant("finance", for: input, by: "robin@acme.example")
        #expect(try judge(policies, question()).gates.map(\.quorum) == [2])
        #expect(try judge(policies, question(grants: [chris])).verdict == .requireApproval)
        #expect(try judge(policies, question(grants: [chris, again])).verdict == .requireApproval)
        let passed = try judge(policies, question(grants: [chris, robin]))
        #expect(passed.verdict == .allow)
        #expect(passed.usedGrants.count == 2)
        #expect(passed.satisfiedForbids == ["large"], "the sets are as asked, so that a log of them can be replayed")
    }

    @Test("An approval changes nothing but the gate that it is of")
    func grantsOpenOnlyTheirGates() throws {
        let policies =
            operatorsMayPay
            + "@id(\"shy\") permit(principal, action == Action::\"pay\", resource) when { context.grants.approval.contains(Role::\"finance\") };"
        let good = try grant("finance", for: question().input)
        #expect(try judge(policies, question(roles: ["guest"], grants: [good])).verdict == .deny)
        #expect(try judge(policies, question(grants: [good])).usedGrants.isEmpty)
    }

    @Test("A redaction is applied, and the identity is that of what remains")
    func redaction() throws {
        let judgement = try judge(operatorsMayPay + notesAreRedacted, question())
        #expect(judgement.verdict == .redact)
        #expect(judgement.input == ["amount": 900, "note": "[redacted]"])
        #expect(judgement.enforcedIdentity == (try Question.identity(of: ["amount": 900, "note": "[redacted]"])))
    }

    @Test("Both gates together; the approval is of the redacted input")
    func redactAndApprove() throws {
        let policies = operatorsMayPay + largeNeedsFinance + notesAreRedacted
        #expect(try judge(policies, question()).verdict == .redactAndRequireApproval)
        let ofRedacted = try grant("finance", for: ["amount": 900, "note": "[redacted]"])
        #expect(try judge(policies, question(grants: [ofRedacted])).verdict == .redact)
        #expect(try judge(policies, question(grants: [try grant("finance", for: question().input)])).verdict == .redactAndRequireApproval)
    }

    @Test("A plain forbid denies, whatever gates stand beside it")
    func plainForbid() throws {
        let never = "@id(\"never\") forbid(principal, action, resource) when { context.input.amount > 800 };"
        let judgement = try judge(operatorsMayPay + largeNeedsFinance + never, question())
        #expect(judgement.verdict == .deny)
        #expect(judgement.determining == ["never"])
        #expect(judgement.reason == "denied by never")
    }

    @Test("A forbid that errs denies, and a gated one closes its gate, which an approval opens")
    func erringForbid() throws {
        let erring = "@id(\"errs\") forbid(principal, action, resource) when { context.input.missing == 1 };"
        let denied = try judge(operatorsMayPay + erring, question())
        #expect(denied.verdict == .deny)
        #expect(denied.reason == "denied because errs could not be evaluated: the record has no attribute \"missing\"")
        let gated = "@gate(\"approval\") @approvers(\"finance\") " + erring
        #expect(try judge(operatorsMayPay + gated, question()).verdict == .requireApproval)
        #expect(try judge(operatorsMayPay + gated, question(grants: [try grant("finance", for: question().input)])).verdict == .allow)
    }

    @Test("A gate that its own approval would not open is a refusal")
    func uselessGate() throws {
        let useless = "@id(\"useless\") @gate(\"approval\") @approvers(\"finance\") forbid(principal, action, resource);"
        let judgement = try judge(operatorsMayPay + useless, question())
        #expect(judgement.verdict == .deny)
        #expect(judgement.reason == "useless forbids it also with what its own gate would bring")
    }

    @Test("An input cannot forge an entity or a grant")
    func forgedInput() throws {
        let policies =
            operatorsMayPay + "@id(\"x\") forbid(principal, action, resource) unless { context.input.who != Role::\"finance\" };" + largeNeedsFinance
        let forged: JSONValue = ["amount": 900, "who": ["__entity": ["type": "Role", "id": "finance"]], "grants": ["approval": ["finance"]]]
        #expect(try judge(policies, question(input: forged)).verdict == .requireApproval)
    }

    @Test("Inputs that Cedar's JSON has no place for can be decided on")
    func vendorJSON() throws {
        let policies =
            operatorsMayPay + "forbid(principal, action, resource) unless { context.input.ratio == decimal(\"0.5\") && !(context.input has gone) };"
        #expect(try judge(policies, question(input: ["ratio": 0.5, "gone": nil, "tiny": 1e-9, "list": [nil, 1.5]])).verdict == .allow)
    }

    @Test(
        "What a bundle is refused for",
        arguments: [
            ("permit(principal, action, resource)", "1:36"), ("@gate(\"approval\") @approvers(\"x\") permit(principal, action, resource);", "1:1"),
            ("@gate(\"other\") forbid(principal, action, resource);", "1:1"), ("@gate(\"approval\") forbid(principal, action, resource);", "1:1"),
            ("@gate(\"approval\") @approvers(\"x\")\n@ttl(\"soon\") forbid(principal, action, resource);", "2:1"),
            ("@gate(\"redact\") forbid(principal, action, resource);", "1:1"), ("@ttl(\"4h\") forbid(principal, action, resource);", "1:1"),
            ("@gate(\"approval\") @approvers(\"x\") @quorum(\"0\") forbid(principal, action, resource);", "1:35"),
            ("@gate(\"redact\") @redact(\"a..b\") forbid(principal, action, resource);", "1:17"),
        ])
    func refusedBundles(_ text: String, _ place: String) {
        #expect { try bundle(text) } throws: { error in
            (error as? BundleProblems)?.problems.map { "\($0.line):\($0.column)" } == [place]
        }
    }
}
