import Cedar
import FoundationEssentials
import JSON
import Testing
import Trust

@testable import PolicyCore

@Suite("Bundles")
struct BundleTests {
    /// Refuses every schema but one word.
    private struct OneWord: BundleValidator {
        func problems(_ policies: PolicySet, entities: JSONValue, schema: String) -> [BundleProblem] {
            schema == "good" ? [] : [BundleProblem(source: .schema, line: 3, column: 4, message: "no", fix: "write good")]
        }
    }

    private func check(_ content: BundleContent, over blueprint: Blueprint? = nil) -> BundleCheck {
        BundleCheck(content, over: blueprint, validator: OneWord(), time: noon)
    }

    private func test(_ amount: Int64, _ verdict: String, approvals: [JSONValue] = [], determining: [JSONValue]? = nil) -> JSONValue {
        var expect: JSONObject = ["verdict": .string(verdict)]
        if let determining { expect["determining"] = .array(determining) }
        return [
            "name": .string("\(amount) is \(verdict)"),
            "request": [
                "principal": ["type": "User", "id": "dana"], "roles": ["operator"], "action": "pay",
                "resource": ["type": "Account", "id": "main"], "input": ["amount": .int(amount)], "approvals": .array(approvals),
            ], "expect": .object(expect),
        ]
    }

    @Test("The digest is of all content, and what is not there leaves it as it was")
    func digests() {
        let plain = BundleContent(policies: operatorsMayPay)
        #expect(
            plain.digest == SHA256Digest(hashing: Array(#"{"policies":\#(JSONValue.string(operatorsMayPay).encodedString()),"entities":"[]"}"#.utf8)))
        var others = [plain]
        others.append(BundleContent(policies: operatorsMayPay, schema: "s"))
        others.append(BundleContent(policies: operatorsMayPay, tests: [["name": "t"]]))
        others.append(BundleContent(policies: operatorsMayPay, expires: noon))
        others.append(BundleContent(policies: operatorsMayPay, blueprint: plain.digest))
        others.append(BundleContent(policies: operatorsMayPay, entities: [["uid": ["type": "A", "id": "b"], "attrs": [:], "parents": []]]))
        #expect(Set(others.map(\.digest)).count == others.count)
    }

    @Test("A bundle's own tests decide whether it is one")
    func tests() {
        let policies = operatorsMayPay + largeNeedsFinance
        let good: JSONValue = [
            test(5, "allow", determining: ["may"]), test(900, "require-approval", determining: ["large"]),
            test(900, "allow", approvals: [["role": "finance", "by": "chris"]]),
            test(900, "require-approval", approvals: [["role": "finance", "by": "dana"]]),
        ]
        let passed = check(BundleContent(policies: policies, tests: good))
        #expect(passed.bundle != nil && passed.problems.isEmpty && passed.results.count == 4)
        let failed = check(BundleContent(policies: policies, tests: [test(900, "allow"), test(5, "allow")]))
        #expect(failed.bundle == nil)
        #expect(failed.results.map(\.passed) == [false, true])
        #expect(failed.problems.map(\.message) == ["the test \"900 is allow\" expects allow and finds require-approval by large"])
        #expect(failed.problems.map(\.source) == [.tests])
    }

    @Test("A test that is none is refused with its place", arguments: ["{}", "[1]", #"[{"name":"n"}]"#, #"[{"name":"n","request":{"action":"a"}}]"#])
    func brokenTests(_ text: String) throws {
        let result = check(BundleContent(policies: operatorsMayPay, tests: try JSONValue(parsing: text)))
        #expect(result.bundle == nil)
        #expect(result.problems.first?.message.hasPrefix("tests") == true)
    }

    @Test("Faults name the policy, the line, the column and what to do")
    func faults() {
        let syntax = check(BundleContent(policies: "permit(principal, action, resource)\nwhen { principal.age = 3 };"))
        #expect(syntax.problems.map { "\($0.line):\($0.column)" } == ["2:22"])
        #expect(syntax.problems[0].fix.contains("=="))
        let reader = check(
            BundleContent(policies: "\n@id(\"x\") permit(principal, action, resource) when { context.grants.approval.contains(Role::\"a\") };"))
        #expect(reader.problems.map(\.policy) == ["x"])
        #expect(reader.problems.map(\.line) == [2])
        #expect(!reader.problems[0].fix.isEmpty)
        #expect(check(BundleContent(policies: "@id(\"x\") forbid(principal, action, resource) when { context has grants.approval };")).bundle == nil)
    }

    @Test("A schema is held against the validator, and without one it is refused")
    func schema() {
        #expect(check(BundleContent(policies: operatorsMayPay, schema: "good")).bundle != nil)
        let bad = check(BundleContent(policies: operatorsMayPay, schema: "bad"))
        #expect(bad.bundle == nil && bad.problems.map(\.source) == [.schema])
    }

    @Test("Cedar's own validator is one: policies and entities are held against the schema, in either syntax")
    func validation() {
        let schema = """
            entity User, Account { limit: Long };
            entity Role;
            action pay appliesTo { principal: User, resource: Account, context: { input: { amount: Long }, grants: { approval: Set<Role>, redact: Set<String> } } };
            """
        func problems(_ policies: String, entities: JSONValue = [], schema: String = schema) -> [BundleProblem] {
            BundleCheck(BundleContent(policies: policies, entities: entities, schema: schema), validator: SchemaValidator(), time: noon).problems
        }
        let good =
            "@id(\"a\") permit(principal, action == Action::\"pay\", resource) when { context.input.amount < resource.limit };\n" + largeNeedsFinance
        #expect(problems(good).isEmpty)
        let wrong = problems("@id(\"a\")\npermit(principal, action == Action::\"pay\", resource) when { context.input.amont < 3 };")
        #expect(wrong.map(\.policy) == ["a"] && wrong.map(\.source) == [.policies] && wrong.map(\.line) == [2])
        #expect(wrong[0].fix.contains("amount"), "\(wrong)")
        let entity: JSONValue = [["uid": ["type": "Account", "id": "x"], "attrs": ["limit": "much"], "parents": []]]
        #expect(problems(good, entities: entity).map(\.source) == [.entities])
        #expect(problems(good, schema: "entity User in Nowhere;").map(\.source) == [.schema])
        #expect(problems(good, schema: " {\"\": 1}").map(\.source) == [.schema])
    }

    @Test("After its end a bundle denies, and says so; one that has ended is not published")
    func expiry() throws {
        let content = BundleContent(policies: operatorsMayPay, expires: noon + 60)
        var asked = question(input: ["amount": 1])
        let judge = Judge(bundle: try .compile(content))
        #expect(try judge.judge(asked).verdict == .allow)
        asked.time = noon + 60
        let late = try judge.judge(asked)
        #expect(late.verdict == .deny)
        #expect(late.reason == "the policies in force expired at 2025-06-15T15:07:40Z")
        #expect(try judge.verdict(asked) == .deny)
        #expect(check(BundleContent(policies: operatorsMayPay, expires: noon)).bundle == nil)
    }

    @Test("What a client may lay over a blueprint")
    func blueprints() throws {
        let agency = BundleContent(policies: operatorsMayPay + largeNeedsFinance, expires: noon + 100)
        let blueprint = try Blueprint(agency)
        let forbid = "@id(\"mine\") forbid(principal, action, resource) when { context.input.amount > 700 };"
        let good = check(
            BundleContent(policies: forbid, tests: [test(900, "deny"), test(600, "require-approval")], expires: noon + 50), over: blueprint)
        #expect(good.problems.isEmpty)
        #expect(good.bundle?.content.blueprint == agency.digest)
        #expect(good.bundle?.content.expires == noon + 50)
        let refused: [(BundleContent, BundleProblem.Source)] = [
            (BundleContent(policies: "@id(\"p\") permit(principal, action, resource);"), .policies),
            (BundleContent(policies: "forbid(principal, action, resource);"), .policies),
            (BundleContent(policies: "@id(\"may\") forbid(principal, action, resource);"), .policies),
            (BundleContent(policies: forbid, entities: [["uid": ["type": "User", "id": "x"], "attrs": [:], "parents": []]]), .entities),
            (BundleContent(policies: forbid, schema: "good"), .schema),
        ]
        for (content, source) in refused {
            let result = check(content, over: blueprint)
            #expect(result.bundle == nil && result.problems.map(\.source) == [source], "\(content.policies)")
        }
    }

    @Test("With what a client may add, no decision is looser than under its blueprint")
    func clientsOnlyTighten() throws {
        var tightened = 0
        for seed in 0..<400 as Range<UInt64> {
            var random = PolicyGenerator(seed: seed &+ 90_000)
            let agency = BundleContent(policies: random.policies().enumerated().map { "@id(\"p\($0)\") \($1)" }.joined(separator: "\n"))
            let addition = BundleContent(
                policies: (0...Int(random.source.next() % 2)).map { "@id(\"c\($0)\") \(random.forbid())" }.joined(separator: "\n"))
            let blueprint = try Blueprint(agency)
            try blueprint.check(addition)
            let (under, over) = try (CompiledBundle.compile(agency), CompiledBundle.compile(blueprint.composed(with: addition)))
            for _ in 0..<5 {
                let question = try random.question()
                let (before, after) = try (Judge(bundle: under).verdict(question), Judge(bundle: over).verdict(question))
                #expect(after >= before, "seed \(seed): \(before) became \(after)")
                if after > before { tightened += 1 }
            }
        }
        #expect(tightened > 100, "the cases must tighten to say anything")
    }

    @Test("Differences are of what policies say, not of how they are laid out")
    func differences() throws {
        let old = try bundle("@id(\"a\") permit(principal, action, resource);\n@id(\"b\") forbid(principal, action, resource) when { 1 == 2 };")
        let new = try bundle(
            "// moved\n@id(\"b\")\nforbid(principal, action, resource) when { 1 == 3 };\n@id(\"c\") permit(principal, action, resource);")
        let difference = BundleDifference(from: old, to: new)
        #expect(difference.changes.map { "\($0.policy) \($0.change.word)" } == ["a removed", "b changed", "c added"])
        let layout = try bundle(
            "@id(\"a\")\npermit(\n  principal, action, resource\n);\n@id(\"b\") forbid(principal, action, resource) when { (1 == 2) };")
        #expect(BundleDifference(from: old, to: layout).changes.isEmpty)
    }
}
