import HTTPTypes
import JSON
import RPC
import Testing
import Trust
import Wire
import WireRuntime

@testable import GatewayService

/// Policy governance as the page asks for it.
@Suite struct PolicyRoutesTests {
    private let digest = Array(repeating: UInt8(7), count: 32)
    private var hex: String { String(repeating: "07", count: 32) }

    @Test func aDraftIsCheckedWithLinesColumnsAdviceAndItsTests() async throws {
        let door = try Door()
        door.mesh.on(PolicyGovernanceV1.Methods.testBundle) { call in
            let content = try #require(PolicyGovernanceV1.TestBundleRequest(decoding: call.payload).content)
            #expect(content.policies == "permt" && String(decoding: content.testsJSON, as: UTF8.self) == "[{]")
            return PolicyGovernanceV1.TestBundleResponse(
                problems: [PolicyV1.PolicyProblem(line: 1, column: 3, message: "unexpected", fix: "did you mean `permit`?", source: "policies")],
                results: [.init(name: "one", passed: false, expected: "deny", found: "allow")])
        }
        let answer = try await door.signIn().write("/v1/policies/check", ["name": "draft", "policies": "permt", "tests": "[{]"])
        #expect(answer.status == 200)
        #expect(
            answer.json["problems"]?[0] == [
                "line": 1, "column": 3, "message": "unexpected", "policy_id": .null, "fix": "did you mean `permit`?", "source": "policies",
            ])
        #expect(answer.json["results"]?[0]?["found"] == "allow" && answer.json["digest"]?.isNull == true)
    }

    @Test func whatIsRefusedNamesThePlaceInItsText() async throws {
        let door = try Door()
        door.mesh.on(PolicyGovernanceV1.Methods.publishBundle) { _ in
            PolicyGovernanceV1.PublishBundleResponse(problems: [
                PolicyV1.PolicyProblem(line: 4, column: 2, message: "is no type", policyID: "small", source: "schema")
            ])
        }
        let answer = try await door.signIn().write("/v1/policies/bundles", ["name": "x", "policies": "", "activate": true])
        #expect(answer.status == 422 && answer.code == "POLICY_INVALID" && answer.fields == ["/schema"])
        #expect(answer.json["errors"]?[0]?["line"] == 4 && answer.json["errors"]?[0]?["fix"] == "mend the policy small, line 4")
    }

    @Test func whoMayNotChangePoliciesMayNotPublishThem() async throws {
        let door = try Door()
        let person = try await door.signIn("vera@acme.example")
        #expect(try await person.write("/v1/policies/bundles", ["name": "x", "policies": "", "activate": true]).status == 403)
        #expect(try await person.write("/v1/policies/activations/0192f000-0000-7000-8000-000000000001/decision", ["approve": true]).status == 403)
        #expect(door.mesh.calls(of: PolicyGovernanceV1.Methods.publishBundle).isEmpty)
    }

    @Test func aReplayAsksForOneThingAndHandsOnTheSignedReport() async throws {
        let door = try Door()
        let report: JSONValue = ["format": "provable-replay/v1", "coverage": ["decisions": 3, "replayed": 2], "matrix": [], "sentence": "2 of 3"]
        door.mesh.on(PolicyGovernanceV1.Methods.replay) { call in
            let asked = try PolicyGovernanceV1.ReplayRequest(decoding: call.payload)
            #expect(asked.draft?.policies == "permit(principal, action, resource);" && asked.sinceMicros == 1_000_000 && asked.examples == 5)
            #expect(call.options.timeout == .seconds(60))
            return PolicyGovernanceV1.ReplayResponse(reportJSON: report.encoded(), reportDigest: Array(repeating: 1, count: 32))
        }
        let person = try await door.signIn()
        let draft: JSONValue = ["name": "draft", "policies": "permit(principal, action, resource);"]
        let answer = try await person.write("/v1/policies/replays", ["draft": draft, "since": "1970-01-01T00:00:01.000Z", "examples": 5])
        #expect(answer.status == 200 && answer.json["report"] == report)
        let both = try await person.write(
            "/v1/policies/replays", ["draft": draft, "digest": .string(hex), "since": "1970-01-01T00:00:01.000Z"], key: "both")
        #expect(both.status == 400 && both.fields == ["/draft"])
    }

    @Test func aDecisionIsExplained() async throws {
        let door = try Door()
        door.mesh.on(PolicyGovernanceV1.Methods.explainDecision) { _ in
            PolicyGovernanceV1.ExplainDecisionResponse(
                decision: .init(decisionID: Array(repeating: 1, count: 16), verdict: .deny),
                policies: [
                    .init(
                        policyID: "large", effect: "forbid", outcome: "satisfied", sentence: "nobody",
                        steps: [.init(line: 2, column: 5, text: "context.input.amount > 500", outcome: "value", result: "true")], determining: true)
                ], changes: ["context.input.amount: 900 becomes 500"], changedTo: "allow")
        }
        let answer = try await door.signIn().get("/v1/decisions/01010101-0101-0101-0101-010101010101/explanation")
        #expect(answer.status == 200)
        #expect(answer.json["policies"]?[0]?["steps"]?[0]?["result"] == "true" && answer.json["policies"]?[0]?["determining"] == true)
        #expect(answer.json["changed_to"] == "allow" && answer.json["gap"]?.isNull == true && answer.json["decision"]?["verdict"] == "DENY")
    }

    @Test func theDifferenceIsOfTheNamedBundles() async throws {
        let door = try Door()
        let digest = digest
        door.mesh.on(PolicyGovernanceV1.Methods.diffBundles) { call in
            let asked = try PolicyGovernanceV1.DiffBundlesRequest(decoding: call.payload)
            #expect(asked.toDigest == digest && asked.fromDigest.isEmpty)
            return PolicyGovernanceV1.DiffBundlesResponse(changes: [.init(policyID: "a", kind: "removed", before: "permit")], schemaChanged: true)
        }
        let answer = try await door.signIn().get("/v1/policies/diff?to=\(hex)")
        #expect(answer.json["changes"]?[0]?["kind"] == "removed" && answer.json["schema_changed"] == true)
        #expect(try await door.signIn().get("/v1/policies/diff").status == 400)
    }
}
