import FoundationEssentials
import Identity
import JSON
import RPC
import Testing
import Wire

@testable import PolicyService

/// Questions of enforcement points, and approvals that people give them.
@Suite struct AccessEndpointTests {
    private struct Place {
        let world: World
        let access: AccessEndpoint

        init(_ policies: String = World.policies) async throws {
            world = try await World()
            access = AccessEndpoint(policy: world.endpoint)
            try await world.put(policies)
        }

        func person(_ name: String, _ roles: [String] = [], key: String? = nil) -> CallContext {
            CallContext(
                caller: .gateway, tenant: world.tenant, principal: name, roles: roles, idempotencyKey: key, delegationToken: "checked before")
        }

        func question(_ amount: Int64 = 600, of subject: String = "dana", context: JSONValue = [:], approval: [UInt8] = []) -> PolicyAccessV1.Question
        {
            PolicyAccessV1.Question(
                subject: PolicyV1.EntityReference(type: "User", id: subject), subjectRoles: ["operator"], action: "pay",
                resource: PolicyV1.EntityReference(type: "Account", id: "main"), contextJSON: context.encoded(),
                inputJSON: JSONValue.object(["amount": .int(amount)]).encoded(), approvalID: approval)
        }

        func evaluate(_ questions: [PolicyAccessV1.Question], _ semantic: PolicyAccessV1.Semantic = .executeAll, as person: CallContext? = nil)
            async throws -> [PolicyAccessV1.Answer]
        {
            let caller = person ?? self.person("pep", ["enforcement-point"])
            return try await access.evaluate(.init(questions: questions, semantic: semantic), context: caller).answers
        }

        /// From the denial to the approval.
        func approved(_ question: PolicyAccessV1.Question) async throws -> PolicyAccessV1.Task {
            let denied = try #require(try await evaluate([question]).first)
            let task = try await submit(question, denied)
            return try #require(
                try await access.decideTask(.init(taskID: task.taskID, approve: true), context: person("fay", ["finance"])).task)
        }

        func submit(_ question: PolicyAccessV1.Question, _ denied: PolicyAccessV1.Answer, key: String? = nil, why: String = "") async throws
            -> PolicyAccessV1.Task
        {
            let request = PolicyAccessV1.SubmitRequest(question: question, decisionID: denied.decision?.decisionID ?? [], justification: why)
            return try #require(try await access.submit(request, context: person("pep", ["enforcement-point"], key: key)).task)
        }
    }

    private func reason(_ body: () async throws -> Void) async throws -> String {
        do {
            try await body()
            return "none"
        } catch let error as RPCError {
            return error.reason
        }
    }

    // MARK: Evaluation

    @Test func anEvaluationIsADecisionOfTheLog() async throws {
        let place = try await Place()
        let answers = try await place.evaluate([place.question(5), place.question(600)])
        #expect(answers.map(\.decision?.verdict) == [.allow, .requireApproval])
        #expect(answers[0].requestableUntilMicros == 0)
        #expect(answers[1].requestableUntilMicros > answers[1].decision?.timeMicros ?? 0)
        #expect(try await place.world.count("decision") == 2)
        let logged = try await place.world.endpoint.getDecision(
            .init(decisionID: answers[0].decision?.decisionID ?? []), context: place.person("dana"))
        #expect(logged.decision?.principal == "dana")
        #expect(logged.decision?.step == "access")
    }

    @Test func whoIsNoEnforcementPointAsksForThemselvesWithTheirOwnRoles() async throws {
        let place = try await Place()
        #expect(try await reason { _ = try await place.evaluate([place.question(5)], as: place.person("vera", ["viewer"])) } == "ASKING_FOR_OTHERS")
        // The roles that the question claims are not looked at.
        let answer = try await place.evaluate([place.question(5)], as: place.person("dana", ["viewer"]))
        #expect(answer.map(\.decision?.verdict) == [.deny])
        #expect(try await place.evaluate([place.question(5)], as: place.person("dana", ["operator"])).map(\.decision?.verdict) == [.allow])
    }

    @Test func someSemanticsStopEarly() async throws {
        let place = try await Place()
        let questions = [place.question(5), place.question(600), place.question(7)]
        #expect(try await place.evaluate(questions, .denyOnFirstDeny).map(\.decision?.verdict) == [.allow, .requireApproval])
        #expect(try await place.evaluate(questions, .permitOnFirstPermit).map(\.decision?.verdict) == [.allow])
        #expect(try await place.world.count("decision") == 3)
    }

    @Test func manyAreAnsweredInTheirOrderAndOneBadOneSpoilsNoOther() async throws {
        let place = try await Place()
        var questions = (0..<30).map { place.question($0 % 2 == 0 ? 5 : 600) }
        questions[7].contextJSON = Array("{".utf8)
        questions[9].subject?.type = "not a type"
        let answers = try await place.evaluate(questions)
        #expect(answers.count == 30)
        for (index, answer) in answers.enumerated() where ![7, 9].contains(index) {
            #expect(answer.decision?.verdict == (index % 2 == 0 ? .allow : .requireApproval), "\(index)")
        }
        #expect(answers[7].fault?.field == "context_json")
        #expect(answers[9].fault?.field == "principal.type")
        #expect(answers[9].decision == nil)
    }

    // MARK: Search

    @Test func aSearchFindsPeopleOfTheDirectoryAndLogsNothing() async throws {
        let place = try await Place()
        let request = PolicyAccessV1.SearchRequest(
            kind: .subject, question: place.question(5, of: ""),
            candidates: ["ann", "bob", "cy"].map { PolicyAccessV1.Candidate(id: $0, roles: $0 == "bob" ? [] : ["operator"]) }, limit: 1)
        let caller = place.person("pep", ["enforcement-point"])
        let first = try await place.access.search(request, context: caller)
        #expect(first.results == [PolicyAccessV1.Found(type: "User", id: "ann")])
        var next = request
        next.cursor = first.nextCursor
        let second = try await place.access.search(next, context: caller)
        #expect(second.results.map(\.id) == ["cy"])
        #expect(try await place.world.count("decision") == 0)
        #expect(try await reason { _ = try await place.access.search(request, context: place.person("vera")) } == "ASKING_FOR_OTHERS")
    }

    // MARK: Approvals

    @Test func anApprovalOpensTheVeryQuestionOnce() async throws {
        let place = try await Place()
        let task = try await place.approved(place.question(600))
        let approval = try #require(task.approval)
        #expect(task.status == "approved")
        #expect(approval.approvedUntilMicros > approval.approvedMicros)

        let other = try await place.evaluate([place.question(601, approval: approval.approvalID)])
        #expect(other[0].decision?.verdict == .requireApproval)
        #expect(other[0].approvalProblem == "out_of_scope")

        let passed = try await place.evaluate([place.question(600, approval: approval.approvalID)])
        #expect(passed[0].decision?.verdict == .allow)
        #expect(passed[0].approval == approval)

        let again = try await place.evaluate([place.question(600, approval: approval.approvalID)])
        #expect(again[0].decision?.verdict == .requireApproval)
        #expect(again[0].approvalProblem == "approval_expired")
    }

    @Test func anUnknownApprovalOpensNothing() async throws {
        let place = try await Place()
        let answer = try await place.evaluate([place.question(600, approval: UUIDv7.make().bytes)])
        #expect(answer[0].decision?.verdict == .requireApproval)
        #expect(answer[0].approvalProblem == "approval_unverifiable")
    }

    @Test func anApprovalOfAnotherTenantIsNotThere() async throws {
        let place = try await Place()
        let task = try await place.approved(place.question(600))
        let stranger = TenantID.make()
        try await place.world.put(tenant: stranger)
        var caller = place.person("pep", ["enforcement-point"])
        caller.tenant = stranger
        let answer = try await place.evaluate([place.question(600, approval: task.approval?.approvalID ?? [])], as: caller)
        #expect(answer[0].approvalProblem == "approval_unverifiable")
        #expect(try await reason { _ = try await place.access.getTask(.init(taskID: task.taskID), context: caller) } == "UNKNOWN_TASK")
    }

    @Test func nobodyApprovesWhatIsTheirs() async throws {
        let place = try await Place()
        let denied = try await place.evaluate([place.question(600)])
        let task = try await place.submit(place.question(600), denied[0], why: "invoice 7")
        #expect(task.status == "pending")
        let decide = { (person: String, roles: [String]) in
            try await reason {
                _ = try await place.access.decideTask(.init(taskID: task.taskID, approve: true), context: place.person(person, roles))
            }
        }
        #expect(try await decide("dana", ["finance"]) == "SELF_APPROVAL")
        #expect(try await decide("pep", ["finance", "enforcement-point"]) == "SELF_APPROVAL")
        #expect(try await decide("adam", ["admin"]) == "NOT_AN_APPROVER")
        #expect(try await decide("vera", ["viewer"]) == "UNKNOWN_TASK")
        #expect(try await decide("fay", ["finance"]) == "none")
        #expect(try await decide("fin", ["finance"]) == "INVALID_TASK_STATE")
        let seen = try await place.access.getTask(.init(taskID: task.taskID), context: place.person("fay", ["finance"])).task
        #expect(seen?.justification == "invoice 7")
        #expect(try JSONValue(parsing: seen?.inputJSON ?? []) == ["amount": 600])
    }

    @Test func aRequestRepeatsTheDeniedQuestion() async throws {
        let place = try await Place()
        let denied = try await place.evaluate([place.question(600, context: ["ip": "::1"])])
        #expect(try await reason { _ = try await place.submit(place.question(601, context: ["ip": "::1"]), denied[0]) } == "INVALID_DENIAL_BINDING")
        #expect(try await reason { _ = try await place.submit(place.question(600), denied[0]) } == "INVALID_DENIAL_BINDING")
        let task = try await place.submit(place.question(600, context: ["ip": "::1", "business_justification": "x"]), denied[0])
        #expect(task.status == "pending")
        let allowed = try await place.evaluate([place.question(5)])
        #expect(try await reason { _ = try await place.submit(place.question(5), allowed[0]) } == "NOT_REQUESTABLE")
    }

    @Test func aRepeatedRequestFindsItsTask() async throws {
        let place = try await Place()
        let denied = try await place.evaluate([place.question(600), place.question(700)])
        let first = try await place.submit(place.question(600), denied[0], key: "k")
        #expect(try await place.submit(place.question(600), denied[0], key: "k").taskID == first.taskID)
        #expect(try await place.submit(place.question(600), denied[0]).taskID == first.taskID)
        #expect(try await reason { _ = try await place.submit(place.question(700), denied[1], key: "k") } == "DUPLICATE_REQUEST")
        #expect(try await place.world.count("access_task") == 1)
    }

    @Test func aWithdrawnRequestIsNotDecided() async throws {
        let place = try await Place()
        let denied = try await place.evaluate([place.question(600)])
        let task = try await place.submit(place.question(600), denied[0])
        #expect(try await place.access.cancelTask(.init(taskID: task.taskID), context: place.person("dana")).task?.status == "cancelled")
        let fay = place.person("fay", ["finance"])
        #expect(
            try await reason { _ = try await place.access.decideTask(.init(taskID: task.taskID, approve: true), context: fay) }
                == "INVALID_TASK_STATE")
        #expect(try await place.access.listTasks(.init(status: "cancelled"), context: fay).tasks.map(\.taskID) == [task.taskID])
        #expect(try await place.access.listTasks(.init(status: "pending"), context: fay).tasks.isEmpty)
        #expect(try await place.access.listTasks(.init(), context: place.person("vera", ["viewer"])).tasks.isEmpty)
    }
}
