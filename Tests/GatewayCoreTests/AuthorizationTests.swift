import GatewayCore
import JSON
import Testing

/// AuthZEN's JSON, in and out.
@Suite struct AuthorizationTests {
    private static func problem(_ body: () throws(Problem) -> Void) -> [String] {
        do throws(Problem) {
            try body()
            return []
        } catch {
            return error.errors.map { "\($0.field) \($0.message): \($0.fix)" }
        }
    }

    private static func json(_ text: String) throws -> JSONValue { try JSONValue(parsing: text) }

    private static let whole = #"{"subject":{"type":"User","id":"ann"},"action":{"name":"read"},"resource":{"type":"Doc","id":"1"}}"#

    // MARK: Questions

    @Test func whatIsNotKnownIsLeftAlone() throws {
        let json = try Self.json(
            #"{"subject":{"type":"User","id":"ann","since":1},"action":{"name":"read","x":[]},"resource":{"type":"A::B","id":"1"},"later":true}"#)
        let question = try #require(try AccessBatch(single: json).questions.first)
        #expect(question.subject.id == "ann")
        #expect(question.resource.type == "A::B")
    }

    @Test(arguments: [
        (#"{}"#, "/subject is missing: send it"),
        (#"{"subjekt":{},"action":{"name":"read"},"resource":{"type":"Doc","id":"1"}}"#, "/subject is missing: is subjekt a misspelt subject?"),
        (#"{"subject":"ann","action":{"name":"read"},"resource":{"type":"Doc","id":"1"}}"#, "/subject is not an object: send an object"),
        (#"{"subject":{"type":"User"},"action":{"name":"read"},"resource":{"type":"Doc","id":"1"}}"#, "/subject/id is missing: send it"),
        (
            #"{"subject":{"type":"User","id":7},"action":{"name":"read"},"resource":{"type":"Doc","id":"1"}}"#,
            "/subject/id is not a string: send a string"
        ),
        (
            #"{"subject":{"type":"end-user","id":"a"},"action":{"name":"read"},"resource":{"type":"Doc","id":"1"}}"#,
            "/subject/type is \"end-user\", which is no name of an entity type: use letters, digits and _, not beginning with a digit, joined by ::, for example end_user"
        ),
        (
            #"{"subject":{"type":"in","id":"a"},"action":{"name":"read"},"resource":{"type":"Doc","id":"1"}}"#,
            "/subject/type is \"in\", which is no name of an entity type: in is a word of the policy language: choose another name"
        ),
        (
            #"{"subject":{"type":"User","id":"a"},"action":{"name":""},"resource":{"type":"Doc","id":"1"}}"#,
            "/action/name is empty, has more than 256 bytes, or a control character: send a printable name"
        ),
        (
            #"{"subject":{"type":"User","id":"a"},"action":{"name":"r"},"resource":{"type":"Doc","id":"1"},"context":{"grants":{}}}"#,
            "/context/grants is set from approvals alone: send context.approval of an approved access request"
        ),
    ])
    func whatCannotBeAskedIsNamed(text: String, first: String) throws {
        let json = try Self.json(text)
        #expect(Self.problem { () throws(Problem) in _ = try AccessBatch(single: json) }.first == first)
    }

    @Test func propertiesBecomeContextAndArguments() throws {
        let json = try Self.json(
            """
            {"subject":{"type":"User","id":"a","properties":{"mfa":true,"nick":null}},
             "action":{"name":"pay","properties":{"amount":5,"rate":0.5}},
             "resource":{"type":"Doc","id":"1","properties":{"owner":{"__entity":{"type":"User","id":"a"}}}},
             "context":{"rate":1.25,"pi":3.14159265,"minus":-0.5,"approval":{"id":"x"},"obligations_supported":["custom",1]}}
            """)
        let seen = AccessContext(try #require(try AccessBatch(single: json).questions.first))
        #expect(seen.input == ["amount": 5, "rate": 0.5])
        #expect(
            seen.context == [
                "rate": ["__extn": ["fn": "decimal", "arg": "1.2500"]], "pi": "3.14159265", "minus": ["__extn": ["fn": "decimal", "arg": "-0.5000"]],
                "subject": ["mfa": true], "resource": ["owner": ["__entity": ["type": "User", "id": "a"]]],
            ])
        #expect(seen.approval?["id"] == "x")
        #expect(seen.obligationsSupported == ["custom"])
    }

    // MARK: Several

    @Test func defaultsStandForWhatAQuestionDoesNotSay() throws {
        let batch = try AccessBatch(
            try Self.json(
                """
                {"subject":{"type":"User","id":"ann"},"action":{"name":"read"},"context":{"a":1},
                 "evaluations":[{"resource":{"type":"Doc","id":"1"}},
                                {"resource":{"type":"Doc","id":"2"},"action":{"name":"edit"},"context":{"b":2}}],
                 "options":{"evaluations_semantic":"deny_on_first_deny","other":1}}
                """))
        #expect(batch.questions.map(\.resource.id) == ["1", "2"])
        #expect(batch.questions.map(\.action) == ["read", "edit"])
        #expect(batch.questions.map(\.context) == [["a": 1], ["b": 2]])
        #expect(batch.semantic == .denyOnFirstDeny)
        #expect(!batch.isSingle)
    }

    @Test(arguments: ["", #","evaluations":[]"#]) func withoutEvaluationsItIsOne(more: String) throws {
        let batch = try AccessBatch(try Self.json(Self.whole.dropLast() + more + "}"))
        #expect(batch.isSingle)
        #expect(batch.questions.count == 1)
    }

    @Test func everyPlaceOfAMistakeIsNamed() throws {
        let json = try Self.json(
            """
            {"subject":{"type":"a b","id":"ann"},"evaluations":[{"action":{"name":"x"}},7,{"subject":{"type":"User","id":"b"},"action":1}],
             "options":{"evaluations_semantic":"any"}}
            """)
        let fields = Self.problem { () throws(Problem) in _ = try AccessBatch(json) }.map { $0.split(separator: " ")[0] }
        #expect(
            fields == [
                "/options/evaluations_semantic", "/subject/type", "/evaluations/0/resource", "/evaluations/1", "/evaluations/2/resource",
                "/evaluations/2/action",
            ])
    }

    @Test func tooManyAreRefused() throws {
        let many = JSONValue.array(Array(repeating: try Self.json(Self.whole), count: AccessBatch.questionsMax + 1))
        #expect(Self.problem { () throws(Problem) in _ = try AccessBatch(["evaluations": many]) }.first?.hasPrefix("/evaluations has 101") == true)
    }

    // MARK: Search

    private static let search = #"{"subject":{"type":"User","id":"ignored"},"action":{"name":"read"},"resource":{"type":"Doc","id":"1"}"#

    @Test func aTokenGoesOnWithItsSearchAndNoOther() throws {
        let first = try AccessSearch(.subject, try Self.json(Self.search + #","page":{"limit":2}}"#))
        #expect(first.question.subject.id == "")
        #expect(first.limit == 2)
        let token = first.token(next: Array("ann".utf8))
        let second = try AccessSearch(.subject, try Self.json(Self.search + #","page":{"token":"\#(token)"}}"#))
        #expect(second.limit == 2)
        #expect(second.cursor == Array("ann".utf8))
        #expect(first.token(next: []) == "")
        func problem(_ part: AccessPart, _ text: String) -> String? {
            Self.problem { () throws(Problem) in _ = try AccessSearch(part, (try? Self.json(text)) ?? .null) }.first.map { String($0.prefix(40)) }
        }
        #expect(problem(.subject, Self.search + #","page":{"token":"\#(token)","limit":3}}"#) == "/page/limit is another than that of the ")
        #expect(problem(.resource, Self.search + #","page":{"token":"\#(token)"}}"#) == "/page/token is of another search: repeat")
        #expect(problem(.subject, Self.search + #","context":{"a":1},"page":{"token":"\#(token)"}}"#) == "/page/token is of another search: repeat")
        #expect(problem(.subject, Self.search + #","page":{"token":"AAAA"}}"#) == "/page/token is not one of ours: send nex")
        #expect(problem(.subject, Self.search + #","page":{"limit":-1}}"#) == "/page/limit is no number of results: sen")
    }

    @Test func theOpenPartNeedsNoNameAndAnActionNeedsNothing() throws {
        let search = try AccessSearch(
            .action, try Self.json(#"{"subject":{"type":"User","id":"a"},"resource":{"type":"Doc","id":"1"}}"#))
        #expect(search.question.action == "")
        #expect(search.limit == nil)
    }

    // MARK: Answers

    private func answer(_ isPermitted: Bool, _ change: (inout AccessAnswer) -> Void = { _ in }) -> AccessAnswer {
        var answer = AccessAnswer(
            isPermitted: isPermitted, evaluation: "e", time: Timestamp(micros: 1_800_000_000_000_000), sentence: "denied by x")
        change(&answer)
        return answer
    }

    @Test func aPermissionIsOneWithItsEvaluation() {
        #expect(
            answer(true).json(supported: nil, endpoint: "u")
                == ["decision": true, "context": ["evaluation_id": "e", "evaluated_at": "2027-01-15T08:00:00.000Z"]])
    }

    @Test func aRedactionIsAnObligationAndOnePepSaysItCannotIsADenial() {
        let redacted = answer(true) {
            $0.obligations = [["id": "redact", "paths": ["iban"]]]
            $0.input = ["iban": "[redacted]"]
        }
        let json = redacted.json(supported: ["custom"], endpoint: nil)
        #expect(json["decision"] == true)
        #expect(
            json["context"]?["obligations"] == [
                [
                    "type": "custom", "id": "obl-1", "vendor": "provable", "action": "redact", "paths": ["iban"],
                    "properties": ["iban": "[redacted]"],
                ]
            ])
        #expect(redacted.json(supported: nil, endpoint: nil)["decision"] == true)
        let refused = redacted.json(supported: ["notification"], endpoint: nil)
        #expect(refused["decision"] == false)
        #expect(refused["context"]?["reason"] == "obligation_unsupported")
        #expect(refused["context"]?["obligations"] == nil)
    }

    @Test func whatAnApprovalWouldTurnSaysHowToAskForIt() {
        let json = answer(false) {
            $0.needs = [.init(role: "finance", quorum: 2, ttlSeconds: 60)]
            $0.obligations = [["id": "approval", "role": "finance"]]
            $0.requestableUntil = Timestamp(micros: 1_800_000_900_000_000)
        }.json(supported: nil, endpoint: "http://h/access/v1/requests")
        #expect(json["decision"] == false)
        let context = json["context"]
        #expect(context?["reason"] == "approval_required")
        #expect(context?["reason_user"]?["en"] == "This needs an approval by 2 people of the role finance.")
        #expect(context?["reason_admin"]?["en"] == "denied by x")
        #expect(context?["obligations"] == nil)
        #expect(context?["next_action"] == nil)
        let request = context?["access_request"]
        #expect(request?["endpoint"] == "http://h/access/v1/requests")
        #expect(request?["expires_at"] == "2027-01-15T08:15:00.000Z")
        #expect(request?["urn:provable:approvers"] == [["role": "finance", "quorum": 2, "ttl_seconds": 60]])
    }

    @Test(arguments: [(true, "request"), (false, "none")]) func anApprovalThatDidNotCountSaysWhatToDo(isRequestable: Bool, next: String) {
        let json = answer(false) {
            $0.approvalProblem = "out_of_scope"
            $0.needs = [.init(role: "finance", quorum: 1, ttlSeconds: 60)]
            if isRequestable { $0.requestableUntil = Timestamp(micros: 1_800_000_900_000_000) }
        }.json(supported: nil, endpoint: "u")
        #expect(json["context"]?["reason"] == "out_of_scope")
        #expect(json["context"]?["next_action"]?.stringValue == next)
        #expect((json["context"]?["access_request"] != nil) == isRequestable)
    }

    // MARK: Requests and places

    @Test func aRequestNamesItsDenial() throws {
        let submission = try AccessSubmission(
            try Self.json(
                Self.whole.dropLast()
                    + #","context":{"business_justification":"why"},"denial":{"evaluation_id":"e","expires_at":"2027-01-15T08:15:00Z"},"#
                    + #""requested_access":{"requested_until":"2027-01-15T09:00:00Z"}}"#))
        #expect(submission.evaluation == "e")
        #expect(submission.justification == "why")
        #expect(submission.requestedUntil == Timestamp(text: "2027-01-15T09:00:00Z"))
        let bare = try Self.json(Self.whole.dropLast() + #","denial":{},"callback":{},"requested_access":{"requested_until":"soon"}}"#)
        #expect(
            Self.problem { () throws(Problem) in _ = try AccessSubmission(bare) }.map { $0.split(separator: " ")[0] } == [
                "/callback", "/denial/expires_at", "/denial/evaluation_id", "/requested_access/requested_until",
            ])
    }

    @Test func placesAreWhatTheSettingOrTheCallerSays() {
        #expect(AccessMetadata.base(configured: "https://pdp.example/", authority: "evil", isDevelopment: false) == "https://pdp.example")
        #expect(AccessMetadata.base(configured: "", authority: "127.0.0.1:8080", isDevelopment: true) == "http://127.0.0.1:8080")
        #expect(AccessMetadata.base(configured: "", authority: "pdp.example", isDevelopment: false) == "https://pdp.example")
        for bad in ["", "a/b", "a@b", "a b", "a?b", String(repeating: "a", count: 256)] {
            #expect(AccessMetadata.base(configured: "", authority: bad, isDevelopment: true) == nil, "\(bad)")
        }
        let document = AccessMetadata.document(base: "https://pdp.example")
        #expect(document["policy_decision_point"] == "https://pdp.example")
        #expect(document["search_subject_endpoint"] == "https://pdp.example/access/v1/search/subject")
        #expect(document["capabilities"] == ["urn:openid:authzen:capability:access-request"])
        #expect(document["obligations_supported"] == ["custom"])
    }
}
