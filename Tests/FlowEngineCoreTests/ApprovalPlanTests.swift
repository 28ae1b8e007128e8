import FlowEngineCore
import JSON
import Testing
import Trust

@Suite struct ApprovalPlanTests {
    private let digest = SHA256Digest(hashing: [1])
    private let other = SHA256Digest(hashing: [2])
    private let staged = ApprovalPlan(stages: [.init(role: "manager", quorum: 2), .init(role: "security", persons: ["sam@a", "sue@a"])])

    private func vote(_ by: String, _ stage: Int = 0, _ verdict: PersonAnswer.Verdict = .approve, on digest: SHA256Digest? = nil) -> ApprovalVote {
        ApprovalVote(by: by, verdict: verdict, stage: stage, digest: digest ?? self.digest)
    }

    @Test func stagesComeOneAfterTheOther() throws {
        let plan = try #require(staged)
        #expect(plan.standing([], on: digest) == .waiting(stage: 0))
        #expect(plan.standing([vote("a")], on: digest) == .waiting(stage: 0))
        #expect(plan.standing([vote("a"), vote("b")], on: digest) == .waiting(stage: 1))
        #expect(plan.standing([vote("a"), vote("b"), vote("sam@a", 1)], on: digest) == .approved)
        #expect(plan.standing([vote("a"), vote("b", 0, .reject)], on: digest) == .rejected)
    }

    @Test func aPersonCountsOnceAndAnotherSubjectNotAtAll() throws {
        let plan = try #require(staged)
        #expect(plan.standing([vote("a"), vote("A")], on: digest) == .waiting(stage: 0))
        #expect(plan.standing([vote("a", on: other), vote("b")], on: digest) == .waiting(stage: 0))
        #expect(plan.standing([vote("a", on: other), vote("b"), vote("a")], on: digest) == .waiting(stage: 1))
        #expect(
            plan.progress([vote("a", on: other), vote("b")], on: digest)
                == "1 of 2 by manager (b), then 0 of 1 by security among sam@a, sue@a; 1 earlier votes are void, since the subject changed")
    }

    @Test func aPlanMayAskForMoreThanOneRejection() throws {
        let plan = try #require(ApprovalPlan(stages: [.init(role: "board", quorum: 2)], rejections: 2))
        #expect(plan.standing([vote("a", 0, .reject), vote("b")], on: digest) == .waiting(stage: 0))
        #expect(plan.standing([vote("a", 0, .reject), vote("b", 0, .reject)], on: digest) == .rejected)
        #expect(plan.standing([vote("a", 0, .reject), vote("b"), vote("c")], on: digest) == .approved)
    }

    @Test func whoMayVote() throws {
        let plan = try #require(staged)
        func refusal(_ person: String, _ role: String, _ votes: [ApprovalVote]) -> TaskAuthority.Refusal.Reason? {
            let task = TaskAuthority.Task(
                kind: .approval, state: .open, role: "manager", excluded: ["dana@a"], digest: digest, form: nil, plan: plan, votes: votes)
            do throws(TaskAuthority.Refusal) {
                try TaskAuthority.mayDecide(task, principal: person, roles: [role])
                return nil
            } catch { return error.reason }
        }
        #expect(refusal("a", "manager", []) == nil)
        #expect(refusal("sam@a", "security", []) == .roleRequired, "security's turn has not come")
        #expect(refusal("A", "manager", [vote("a")]) == .votedAlready)
        #expect(refusal("dana@a", "manager", []) == .selfApproval)
        let half = [vote("a"), vote("sue@a")]
        #expect(refusal("sue@a", "security", half) == .votedAlready, "nobody counts in two stages")
        #expect(refusal("sid@a", "security", half) == .notNamed)
        #expect(refusal("SAM@a", "security", half) == nil)
        #expect(refusal("x", "manager", half) == .roleRequired)
        #expect(refusal("x", "security", half + [vote("sam@a", 1)]) == .closed)
    }

    @Test func thePlanIsSignedWithTheSubject() throws {
        let plan = try #require(staged)
        #expect(ApprovalPlan(subject: ["plan": plan.json]) == plan)
        #expect(ApprovalPlan(subject: ["inputs": ["plan": plan.json]]) == nil, "what a flow's inputs say is no plan")
        #expect(ApprovalPlan(subject: ["plan": ["stages": [], "rejections": 1]]) == nil)
    }

    @Test func thePlanOfADocument() throws {
        let start: JSONValue = ["id": "start", "type": "trigger", "trigger": ["kind": "manual"], "next": "ask"]
        let end: JSONValue = ["id": "done", "type": "end", "outcome": "success"]
        func parse(_ fields: JSONObject) -> FlowReading {
            var node: JSONObject = [
                "id": "ask", "type": "approve", "role": "manager", "title": "t", "inputs": ["a": 1], "ttl": "4h",
                "on": ["approved": "done", "rejected": "done", "timeout": "done"],
            ]
            for (name, value) in fields { node[name] = value }
            return FlowParser.parse(Fixture.source([start, .object(node), end]))
        }
        let then: JSONValue = [["role": "security", "persons": ["sam@a", "sue@a"]]]
        let reading = parse(["quorum": 2, "then": then])
        #expect(reading.problems.filter { $0.severity == .error } == [])
        guard case .approve(let node)? = reading.document?.node("ask")?.kind else {
            Issue.record("no approval")
            return
        }
        #expect(node.plan == staged)
        #expect(parse(["persons": ["a@a"], "quorum": 2]).problems.contains { $0.port == "quorum" })
        #expect(parse(["persons": ["a@a", "A@a"]]).problems.contains { $0.port == "persons" })
        #expect(parse(["persons": ["a@a", "b@a"], "quorum": 2, "rejections": 2]).problems.contains { $0.port == "rejections" })
        #expect(parse(["then": []]).problems.contains { $0.port == "then" })
        #expect(parse(["then": [["role": "x", "quorom": 1]]]).problems.contains { $0.message.contains("quorom") })
        #expect(parse(["quorum": 0]).problems.contains { $0.port == "quorum" })
    }
}
