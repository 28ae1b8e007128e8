import FoundationEssentials
import Identity
import JSON
import Testing
import Trust

@testable import PolicyCore

/// Asking for an approval, and giving it.
@Suite struct AccessTaskTests {
    private let start = Date(timeIntervalSince1970: 1_800_000_000)
    private let identity = SHA256Digest(hashing: [1])

    private func task(_ needs: [AccessTask.Need], until: Date? = nil) -> AccessTask {
        AccessTask(subject: "dana", requester: "pep", needs: needs, expires: start.addingTimeInterval(1_000), requestedUntil: until)
    }

    private func decide(
        _ task: inout AccessTask, _ person: String, _ roles: [String], approves: Bool = true, after seconds: Double = 1
    ) throws {
        _ = try task.decide(approves, by: person, roles: roles, comment: "", at: start.addingTimeInterval(seconds), id: TaskID.make)
    }

    @Test func oneOfTheRoleApproves() throws {
        var task = task([.init(role: "finance", quorum: 1, ttlSeconds: 60)])
        try decide(&task, "fay", ["finance"])
        #expect(task.status(at: start) == .approved)
        #expect(task.approvedUntil == start.addingTimeInterval(61))
        #expect(task.grants(identity: identity, at: start.addingTimeInterval(60)).map(\.approver) == ["fay"])
        #expect(task.grants(identity: identity, at: start.addingTimeInterval(61)).isEmpty)
    }

    @Test func whoAsksOrIsMeantDoesNotApprove() {
        var task = task([.init(role: "finance", quorum: 1, ttlSeconds: 60)])
        #expect(throws: AccessTask.Refusal.ownRequest) { try decide(&task, "dana", ["finance"]) }
        #expect(throws: AccessTask.Refusal.ownRequest) { try decide(&task, "PEP", ["finance"]) }
        #expect(throws: AccessTask.Refusal.notOfARole(["finance"])) { try decide(&task, "fay", ["admin"]) }
        #expect(task.votes.isEmpty)
    }

    @Test func aQuorumIsOfDifferentPeopleAndEveryGateHasItsOwn() throws {
        var task = task([.init(role: "finance", quorum: 2, ttlSeconds: 60), .init(role: "on-call", quorum: 1, ttlSeconds: 600)])
        try decide(&task, "fay", ["finance"])
        #expect(throws: AccessTask.Refusal.votedAlready) { try decide(&task, "Fay", ["finance"]) }
        try decide(&task, "fin", ["finance"])
        #expect(task.status(at: start) == .pending)
        #expect(task.grants(identity: identity, at: start).isEmpty)
        try decide(&task, "omar", ["on-call"], after: 5)
        #expect(task.status(at: start) == .approved)
        // It holds as long as the shortest of its gates.
        #expect(task.approvedUntil == start.addingTimeInterval(65))
        #expect(Set(task.grants(identity: identity, at: start).map(\.task)).count == 3)
    }

    @Test func oneNoIsEnough() throws {
        var task = task([.init(role: "finance", quorum: 2, ttlSeconds: 60)])
        try decide(&task, "fay", ["finance"])
        try decide(&task, "fin", ["finance"], approves: false)
        #expect(task.status(at: start) == .denied)
        #expect(task.grants(identity: identity, at: start).isEmpty)
        #expect(throws: AccessTask.Refusal.closed(.denied)) { try decide(&task, "fox", ["finance"]) }
    }

    @Test func whatNobodyDecidedRunsOut() {
        var task = task([.init(role: "finance", quorum: 1, ttlSeconds: 60)])
        #expect(task.status(at: start.addingTimeInterval(1_000)) == .expired)
        #expect(throws: AccessTask.Refusal.closed(.expired)) { try decide(&task, "fay", ["finance"], after: 1_000) }
    }

    @Test func anApprovalLastsNoLongerThanItWasWanted() throws {
        var task = task([.init(role: "finance", quorum: 1, ttlSeconds: 0)], until: start.addingTimeInterval(10))
        try decide(&task, "fay", ["finance"])
        #expect(task.approvedUntil == start.addingTimeInterval(10))
    }

    @Test func itIsWithdrawnByWhomItConcerns() throws {
        var task = task([.init(role: "finance", quorum: 1, ttlSeconds: 60)])
        #expect(throws: AccessTask.Refusal.notYours) { try task.cancel(by: "fay", isTrusted: false, at: start) }
        try task.cancel(by: "dana", isTrusted: false, at: start)
        #expect(task.status(at: start) == .cancelled)
        #expect(throws: AccessTask.Refusal.closed(.cancelled)) { try task.cancel(by: "dana", isTrusted: true, at: start) }
    }

    // MARK: What an approval is good for

    private func question(amount: Int64 = 1, context: JSONObject = ["ip": "::1", "time": "now"]) -> Question {
        Question(
            principalType: "User", principal: "dana", roles: ["clerk"], action: "pay", resourceType: "Account", resource: "main", context: context,
            input: ["amount": .int(amount)], time: start)
    }

    @Test func aRequestRepeatsTheQuestionAndMaySayMore() throws {
        let binding = try DenialBinding(question())
        #expect(binding.members == ["ip"])
        #expect(try DenialBinding(question(context: ["ip": "::1", "why": "renewal"]), members: binding.members) == binding)
        #expect(try DenialBinding(question(context: ["ip": "::2"]), members: binding.members) != binding)
        #expect(try DenialBinding(question(context: [:]), members: binding.members) != binding)
        #expect(try DenialBinding(question(amount: 2), members: binding.members) != binding)
    }

    @Test func anEvaluationWithAnApprovalSaysExactlyTheSame() throws {
        #expect(try DenialBinding(question()) == DenialBinding(question(context: ["time": "later", "ip": "::1"])))
        #expect(try DenialBinding(question()) != DenialBinding(question(context: ["ip": "::1", "why": "renewal"])))
    }
}
