import Foundation
import GatewayCore
import HTTPTypes
import Identity
import JSON
import RPC
import Testing
import Wire
import WireRuntime

@testable import GatewayService

/// AuthZEN's endpoints as an enforcement point meets them.
@Suite struct AccessTests {
    private static let evaluation: JSONValue = [
        "subject": ["type": "User", "id": "omar@acme.example"], "action": ["name": "pay", "properties": ["amount": 5]],
        "resource": ["type": "Account", "id": "main"],
    ]

    private static func decision(_ verdict: PolicyV1.Verdict, _ more: (inout PolicyV1.Decision) -> Void = { _ in }) -> PolicyAccessV1.Answer {
        var decision = PolicyV1.Decision(
            decisionID: UUIDv7.make().bytes, verdict: verdict, reason: "denied by large", timeMicros: 1_800_000_000_000_000)
        more(&decision)
        return PolicyAccessV1.Answer(decision: decision)
    }

    private func post(_ door: Door, _ path: String, _ body: JSONValue, _ more: HTTPFields = [:], as email: String = "dana@acme.example") async throws
        -> Answer
    {
        var headers = more
        headers[.authorization] = "Bearer \(try await door.signIn(email).session.token.text)"
        headers[.contentType] = "application/json"
        return try await door.ask(.post, path, headers, body.encoded())
    }

    private func questions(_ door: Door) throws -> [PolicyAccessV1.Question] {
        try door.mesh.calls(of: PolicyAccessV1.Methods.evaluate).flatMap { try PolicyAccessV1.EvaluateRequest(decoding: $0.payload).questions }
    }

    // MARK: Who asks

    @Test func aProgramSendsItsTokenAndNeedsNoOther() async throws {
        let door = try Door()
        door.mesh.on(PolicyAccessV1.Methods.evaluate) { _ in PolicyAccessV1.EvaluateResponse(answers: [Self.decision(.allow)]) }
        let answer = try await post(door, "/access/v1/evaluation", Self.evaluation, [.header("X-Request-ID"): "bfe9eb29"])
        #expect(answer.status == 200)
        #expect(answer.json["decision"] == true)
        #expect(answer["X-Request-ID"] == "bfe9eb29")
        let question = try #require(try questions(door).first)
        // The roles of whom it asks about are those of the directory, in this tenant.
        #expect(question.subjectRoles == ["operator"])
        #expect(question.inputJSON == Array(#"{"amount":5}"#.utf8))
        #expect(question.contextJSON.isEmpty)
    }

    @Test func withoutATokenThereIsNoAnswerAndTheRequestKeepsItsName() async throws {
        let door = try Door()
        for token in ["Bearer nonsense", "Basic eDp5", "Bearer"] {
            let headers: HTTPFields = [.contentType: "application/json", .authorization: token, .header("X-Request-ID"): "r"]
            let answer = try await door.ask(.post, "/access/v1/evaluation", headers, Self.evaluation.encoded())
            #expect(answer.status == 401)
            #expect(answer["WWW-Authenticate"] == "Bearer realm=\"provable\"")
            #expect(answer["X-Request-ID"] == "r")
        }
        #expect(try questions(door).isEmpty)
    }

    @Test func aBadTokenBesideACookieDoesNotFallBackOnIt() async throws {
        let door = try Door()
        var headers = try await door.signIn().headers
        headers[.contentType] = "application/json"
        headers[.authorization] = "Bearer nonsense"
        #expect(try await door.ask(.post, "/access/v1/evaluation", headers, Self.evaluation.encoded()).status == 401)
        // A page's cookie alone wants the page's token.
        headers[.authorization] = nil
        #expect(try await door.ask(.post, "/access/v1/evaluation", headers, Self.evaluation.encoded()).code == "CSRF_TOKEN")
    }

    @Test func whatPolicyRefusesIsRefused() async throws {
        let door = try Door()
        door.mesh.on(PolicyAccessV1.Methods.evaluate) { _ in
            throw RPCError(.permissionDenied, reason: "ASKING_FOR_OTHERS", message: "no", details: ["field": "subject", "fix": "ask for yourself"])
        }
        let answer = try await post(door, "/access/v1/evaluation", Self.evaluation, as: "vera@acme.example")
        #expect(answer.status == 403)
        #expect(answer.code == "ASKING_FOR_OTHERS")
        #expect(door.securityEvents("http.refused"))
    }

    /// An answer that never came is no permission, be it for an application or for us.
    @Test(arguments: [StatusCode.unavailable, .deadlineExceeded, .internal]) func withoutPolicyNothingIsDecided(code: StatusCode) async throws {
        let door = try Door()
        door.mesh.on(PolicyAccessV1.Methods.evaluate) { _ in throw RPCError(code, reason: "GONE", message: "gone") }
        let answer = try await post(door, "/access/v1/evaluation", Self.evaluation)
        #expect(answer.status >= 500)
        #expect(answer.json["decision"] == nil)
        door.mesh.on(PolicyAccessV1.Methods.evaluate) { _ in PolicyAccessV1.EvaluateResponse(answers: []) }
        #expect(try await post(door, "/access/v1/evaluation", Self.evaluation).status == 500)
        door.mesh.on(PolicyAccessV1.Methods.evaluate) { _ in PolicyAccessV1.EvaluateResponse(answers: [Self.decision(.unspecified)]) }
        #expect(try await post(door, "/access/v1/evaluation", Self.evaluation).json["decision"] == false)
    }

    // MARK: Evaluation

    @Test func mistakesAreNamedBeforeAnybodyHearsOfThem() async throws {
        let door = try Door()
        let answer = try await post(door, "/access/v1/evaluation", ["subject": ["type": "end user", "id": ""], "resource": [:]])
        #expect(answer.status == 400)
        #expect(answer.fields == ["/subject/type", "/subject/id", "/resource/type", "/resource/id", "/action"])
        #expect(try await post(door, "/access/v1/evaluation", []).status == 400)
        #expect(try questions(door).isEmpty)
    }

    @Test func aRedactionComesWithWhatMayBeUsed() async throws {
        let door = try Door()
        door.mesh.on(PolicyAccessV1.Methods.evaluate) { _ in
            PolicyAccessV1.EvaluateResponse(answers: [
                Self.decision(.redact) {
                    $0.obligationsJSON = Array(#"[{"id":"redact","paths":["iban"]}]"#.utf8)
                    $0.inputJSON = Array(#"{"iban":"[redacted]"}"#.utf8)
                }
            ])
        }
        var body = Self.evaluation.objectValue ?? [:]
        let obligations = try await post(door, "/access/v1/evaluation", .object(body)).json["context"]?["obligations"]
        #expect(obligations?[0]?["properties"] == ["iban": "[redacted]"])
        body["context"] = ["obligations_supported": ["step-up"]]
        #expect(try await post(door, "/access/v1/evaluation", .object(body)).json["decision"] == false)
    }

    @Test func anObligationThatNobodyCanReadIsStillOne() async throws {
        let door = try Door()
        door.mesh.on(PolicyAccessV1.Methods.evaluate) { _ in
            PolicyAccessV1.EvaluateResponse(answers: [Self.decision(.redact) { $0.obligationsJSON = [0xFF] }])
        }
        let answer = try await post(door, "/access/v1/evaluation", Self.evaluation)
        #expect(answer.json["context"]?["obligations"]?[0]?["action"] == "unreadable")
    }

    @Test func reasonsForAdministratorsAreNotForTheSubject() async throws {
        let door = try Door()
        door.mesh.on(PolicyAccessV1.Methods.evaluate) { _ in PolicyAccessV1.EvaluateResponse(answers: [Self.decision(.deny)]) }
        let aboutOmar = try await post(door, "/access/v1/evaluation", Self.evaluation)
        #expect(aboutOmar.json["context"]?["reason_admin"]?["en"] == "denied by large")
        let byOmar = try await post(door, "/access/v1/evaluation", Self.evaluation, as: "omar@acme.example")
        #expect(byOmar.json["context"]?["reason_admin"] == nil)
        #expect(byOmar.json["context"]?["reason"] == "policy_denied")
    }

    @Test func severalAreAnsweredInOrderAndAFaultIsADenialOfItsOwn() async throws {
        let door = try Door()
        door.mesh.on(PolicyAccessV1.Methods.evaluate) { _ in
            PolicyAccessV1.EvaluateResponse(answers: [
                Self.decision(.allow),
                PolicyAccessV1.Answer(fault: PolicyAccessV1.Fault(reason: "INVALID_FIELD", field: "context_json", message: "m", fix: "f")),
            ])
        }
        let answer = try await post(
            door, "/access/v1/evaluations",
            ["evaluations": [Self.evaluation, Self.evaluation, Self.evaluation], "options": ["evaluations_semantic": "deny_on_first_deny"]])
        let answers = try #require(answer.json["evaluations"]?.arrayValue)
        #expect(answers.map { $0["decision"] } == [true, false])
        #expect(answers[1]["context"]?["error"]?["status"] == 400)
        #expect(answer.json["decision"] == nil)
        let asked = try PolicyAccessV1.EvaluateRequest(decoding: try #require(door.mesh.calls(of: PolicyAccessV1.Methods.evaluate).first).payload)
        #expect(asked.semantic == .denyOnFirstDeny)
        #expect(try await post(door, "/access/v1/evaluations", Self.evaluation).json["decision"] == true)
    }

    // MARK: Search

    @Test func peopleAreLookedForInTheTenantsDirectory() async throws {
        let door = try Door()
        door.mesh.on(PolicyAccessV1.Methods.search) { _ in
            PolicyAccessV1.SearchResponse(results: [.init(type: "User", id: "dana@acme.example")], nextCursor: Array("dana@acme.example".utf8))
        }
        var body: JSONObject = [
            "subject": ["type": "User"], "action": ["name": "pay"], "resource": ["type": "Account", "id": "main"], "page": ["limit": 1],
        ]
        let first = try await post(door, "/access/v1/search/subject", .object(body))
        #expect(first.json["results"] == [["type": "User", "id": "dana@acme.example"]])
        #expect(first.json["page"]?["count"] == 1)
        let sent = { try PolicyAccessV1.SearchRequest(decoding: try #require(door.mesh.calls(of: PolicyAccessV1.Methods.search).last).payload) }
        #expect(Set(try sent().candidates.map(\.id)) == ["dana@acme.example", "omar@acme.example", "vera@acme.example"])
        #expect(try sent().limit == 1)
        body["page"] = ["token": try #require(first.json["page"]?["next_token"])]
        _ = try await post(door, "/access/v1/search/subject", .object(body))
        #expect(try sent().cursor == Array("dana@acme.example".utf8))
        #expect(try sent().limit == 1)
        body["resource"] = ["type": "Account", "id": "other"]
        #expect(try await post(door, "/access/v1/search/subject", .object(body)).fields == ["/page/token"])
    }

    @Test func actionsAreNames() async throws {
        let door = try Door()
        door.mesh.on(PolicyAccessV1.Methods.search) { _ in PolicyAccessV1.SearchResponse(results: [.init(type: "", id: "pay")]) }
        let answer = try await post(
            door, "/access/v1/search/action", ["subject": ["type": "User", "id": "a"], "resource": ["type": "Account", "id": "main"]])
        #expect(answer.json == ["page": ["next_token": "", "count": 1], "results": [["name": "pay"]]])
    }

    // MARK: Access requests

    private static let task = PolicyAccessV1.Task(
        taskID: UUIDv7.make().bytes, status: "pending", createdMicros: 1_800_000_000_000_000, expiresMicros: 1_800_000_900_000_000,
        decisionID: UUIDv7.make().bytes, requester: "dana@acme.example", gates: [PolicyV1.Gate(gate: "approval", role: "finance", quorum: 1)])

    private static var submission: JSONValue {
        var body = evaluation.objectValue ?? [:]
        body["denial"] = ["evaluation_id": .string(UUIDv7.make().lowercased), "expires_at": "2027-01-15T08:15:00.000Z"]
        return .object(body)
    }

    @Test func aRequestIsATaskToComeBackTo() async throws {
        let door = try Door()
        door.mesh.on(PolicyAccessV1.Methods.submit) { _ in PolicyAccessV1.TaskResponse(task: Self.task) }
        let answer = try await post(door, "/access/v1/requests", Self.submission, [.idempotencyKey: "k"])
        #expect(answer.status == 202)
        let task = answer.json["task"]
        #expect(task?["status"] == "pending")
        #expect(answer["Location"] == task?["status_endpoint"]?.stringValue)
        #expect(answer["Location"]?.hasPrefix("http://test/access/v1/requests/") == true)
        #expect(task?["links"]?["cancel"]?.stringValue == answer["Location"].map { $0 + "/cancel" })
        let key = try #require(door.mesh.calls(of: PolicyAccessV1.Methods.submit).first).options.idempotencyKey
        #expect(key != nil && key != "k")
    }

    @Test(arguments: [
        ("NOT_REQUESTABLE", 400, "not_requestable"), ("EXPIRED_DENIAL", 410, "expired_denial"),
        ("INVALID_DENIAL_BINDING", 400, "invalid_denial_binding"), ("DUPLICATE_REQUEST", 409, "duplicate_request"),
    ])
    func refusalsHaveTheProfilesNames(reason: String, status: Int, name: String) async throws {
        let door = try Door()
        door.mesh.on(PolicyAccessV1.Methods.submit) { _ in throw RPCError(.invalidArgument, reason: reason, message: "m") }
        let answer = try await post(door, "/access/v1/requests", Self.submission)
        #expect(answer.status == status)
        #expect(answer["Content-Type"] == "application/problem+json")
        #expect(answer.json["type"]?.stringValue == "urn:openid:authzen:access-request:error:\(name)")
    }

    @Test func anApprovedTaskSaysWhatToEvaluateWith() async throws {
        let door = try Door()
        var approved = Self.task
        approved.status = "approved"
        approved.approval = PolicyAccessV1.Approval(
            approvalID: UUIDv7.make().bytes, approvedMicros: 1_800_000_000_000_000, approvedUntilMicros: 1_800_000_900_000_000)
        let task = approved
        door.mesh.on(PolicyAccessV1.Methods.getTask) { _ in PolicyAccessV1.TaskResponse(task: task) }
        let id = try #require(UUID(bytes: task.taskID)).lowercased
        let answer = try await door.signIn().get("/access/v1/requests/\(id)")
        #expect(answer.json["result"]?["mode"] == "reevaluate")
        #expect(answer.json["result"]?["approval"]?["approved_until"] == "2027-01-15T08:15:00.000Z")
        #expect(answer.json["task"]?["links"] == nil)
    }

    @Test func withdrawingNeedsNoBody() async throws {
        let door = try Door()
        door.mesh.on(PolicyAccessV1.Methods.cancelTask) { _ in throw RPCError(.failedPrecondition, reason: "INVALID_TASK_STATE", message: "denied") }
        let id = try #require(UUID(bytes: Self.task.taskID)).lowercased
        let headers: HTTPFields = [.authorization: "Bearer \(try await door.signIn().session.token.text)"]
        let answer = try await door.ask(.post, "/access/v1/requests/\(id)/cancel", headers)
        #expect(answer.status == 409)
        #expect(answer.json["type"] == "urn:openid:authzen:access-request:error:invalid_task_state")
        #expect(try await post(door, "/access/v1/requests/\(id)/cancel", ["reason": "gone"]).status == 409)
    }

    // MARK: Metadata

    @Test func theConfigurationIsThereForAnybody() async throws {
        let answer = try await Door().ask(.get, "/.well-known/authzen-configuration")
        #expect(answer.status == 200)
        #expect(answer["Content-Type"] == "application/json")
        #expect(answer.json["policy_decision_point"] == "http://test")
        #expect(answer.json["access_evaluation_endpoint"] == "http://test/access/v1/evaluation")
    }
}
