import FoundationEssentials
import JSON
import Testing

@testable import StubVendors

/// A caller of the stubs, without any socket between.
struct StubCaller {
    var world = StubWorld()
    var now = Date(timeIntervalSince1970: 1_767_225_600)

    mutating func call(
        _ method: String, _ path: String, _ body: JSONValue? = nil, authorization: String? = "Bearer token", headers: [String: String] = [:],
        query: [String: String] = [:]
    ) -> StubReply {
        var headers = headers
        headers["authorization"] = authorization
        let segments = path.split(separator: "/").map(String.init)
        return world.handle(StubRequest(method: method, path: segments, query: query, headers: headers, body: body?.encoded() ?? []), at: now)
    }

    mutating func answer(_ method: String, _ path: String, _ body: JSONValue? = nil, query: [String: String] = [:]) -> JSONValue {
        call(method, path, body, query: query).response.body ?? .null
    }
}

@Suite struct GitHubStubTests {
    var caller = StubCaller()
    let comments = "/github/repos/acme/payments-api/issues/7/comments"

    @Test mutating func commentsAreKeptAndListedByAge() {
        #expect(caller.call("POST", comments, ["body": "first"]).response.status == 201)
        caller.now += 60
        _ = caller.answer("POST", comments, ["body": "second <!-- provable-abc -->"])
        #expect(caller.answer("GET", comments).arrayValue?.compactMap { $0["body"]?.stringValue } == ["first", "second <!-- provable-abc -->"])
        let recent = caller.answer("GET", comments, query: ["since": caller.now.formatted(Date.ISO8601FormatStyle())])
        #expect(recent.arrayValue?.count == 1)
        #expect(caller.world.journal.effects.map(\.marker) == [nil, "provable-abc"])
    }

    @Test mutating func longListsHaveANextPage() {
        for number in 0..<3 { _ = caller.answer("POST", comments, ["body": .string("c\(number)")]) }
        let first = caller.call("GET", comments, query: ["per_page": "2"]).response
        #expect(first.body?.arrayValue?.count == 2)
        #expect(first.headers.contains { $0.name == "Link" && $0.value.contains("page=2") && $0.value.hasSuffix("rel=\"next\"") })
        #expect(caller.call("GET", comments, query: ["per_page": "2", "page": "2"]).response.headers.isEmpty)
    }

    @Test mutating func archivingTwiceIsOneEffect() {
        let repository = "/github/repos/acme/payments-api"
        #expect(caller.answer("PATCH", repository, ["archived": true])["archived"] == true)
        #expect(caller.answer("PATCH", repository, ["archived": true])["archived"] == true)
        #expect(caller.world.journal.effects.count == 1)
        #expect(caller.call("POST", comments, ["body": "late"]).response.status == 403)
    }

    @Test mutating func refusalsSpeakAsGitHubDoes() {
        #expect(caller.call("GET", comments, authorization: nil).response.status == 401)
        #expect(caller.call("GET", comments, authorization: "Bearer revoked-1").response.body?["message"] == "Bad credentials")
        #expect(caller.call("GET", "/github/repos/acme/missing-repo").response.status == 404)
        let invalid = caller.call("POST", comments, ["body": ""]).response
        #expect(invalid.status == 422 && invalid.body?["errors"]?[0]?["field"] == "body")
    }
}

@Suite struct SlackStubTests {
    var caller = StubCaller()

    @Test mutating func aMessageIsFoundAgainByItsMetadata() {
        let metadata: JSONValue = ["event_type": "provable_call", "event_payload": ["key": "k1"]]
        let posted = caller.answer("POST", "/slack/api/chat.postMessage", ["channel": "#incidents", "text": "hello", "metadata": metadata])
        let id = posted["channel"]?.stringValue ?? ""
        #expect(posted["ok"] == true && id.hasPrefix("C0"))
        let history = caller.answer("POST", "/slack/api/conversations.history", ["channel": .string(id), "include_all_metadata": true])
        #expect(history["messages"]?[0]?["metadata"] == metadata)
        #expect(caller.answer("POST", "/slack/api/conversations.history", ["channel": .string(id)])["messages"]?[0]?["metadata"] == nil)
        #expect(caller.answer("GET", "/slack/api/conversations.list")["channels"]?[0]?["name"] == "incidents")
    }

    @Test mutating func repliesAreInTheirThreadAndNotInTheHistory() {
        let parent = caller.answer("POST", "/slack/api/chat.postMessage", ["channel": "#a", "text": "x"])
        let (id, ts) = (parent["channel"] ?? .null, parent["ts"] ?? .null)
        _ = caller.answer("POST", "/slack/api/chat.postMessage", ["channel": "#a", "text": "y", "thread_ts": ts])
        #expect(caller.answer("POST", "/slack/api/conversations.history", ["channel": id])["messages"]?.arrayValue?.count == 1)
        let replies = caller.answer("POST", "/slack/api/conversations.replies", ["channel": id, "ts": ts])["messages"]?.arrayValue
        #expect(replies?.compactMap { $0["text"]?.stringValue } == ["x", "y"])
    }

    @Test mutating func timestampsNeverRepeat() {
        let stamps = (0..<50).map { _ in
            caller.answer("POST", "/slack/api/chat.postMessage", ["channel": "#a", "text": "x"])["ts"]?.stringValue ?? ""
        }
        #expect(Set(stamps).count == 50)
        #expect(stamps == stamps.sorted())
    }

    @Test mutating func failuresAre200() {
        let cases: [(JSONObject, String)] = [
            (["channel": "#missing-one", "text": "x"], "channel_not_found"), (["channel": "#archived-one", "text": "x"], "is_archived"),
            (["channel": "#a"], "no_text"), (["channel": "#a", "text": "x", "thread_ts": "1.000001"], "thread_not_found"),
        ]
        for (body, code) in cases {
            let response = caller.call("POST", "/slack/api/chat.postMessage", .object(body)).response
            #expect(response.status == 200 && response.body?["ok"] == false && response.body?["error"] == .string(code))
        }
        #expect(
            caller.call("POST", "/slack/api/chat.postMessage", ["channel": "#a", "text": "x"], authorization: nil).response.body?["error"]
                == "not_authed")
        #expect(caller.world.journal.effects.isEmpty)
    }

    @Test mutating func formsAreReadToo() {
        let body = Array("channel=%23a&text=a+b%26c&metadata=%7B%22event_payload%22%3A%7B%22key%22%3A%22k%22%7D%7D".utf8)
        let request = StubRequest(
            method: "POST", path: ["slack", "api", "chat.postMessage"],
            headers: ["authorization": "Bearer t", "content-type": "application/x-www-form-urlencoded"], body: body)
        #expect(caller.world.handle(request, at: caller.now).response.body?["message"]?["text"] == "a b&c")
        #expect(caller.world.journal.effects.first?.marker == "k")
    }

    @Test mutating func anUpdateNeedsTheIDAndKeepsTheTimestamp() {
        let posted = caller.answer("POST", "/slack/api/chat.postMessage", ["channel": "#a", "text": "x"])
        let ts = posted["ts"] ?? .null
        #expect(caller.answer("POST", "/slack/api/chat.update", ["channel": "#a", "ts": ts, "text": "y"])["error"] == "channel_not_found")
        let updated = caller.answer("POST", "/slack/api/chat.update", ["channel": posted["channel"] ?? .null, "ts": ts, "text": "y"])
        #expect(updated["ok"] == true && updated["ts"] == ts)
    }
}

@Suite struct JiraStubTests {
    var caller = StubCaller()

    static func document(_ text: String) -> JSONValue {
        ["type": "doc", "version": 1, "content": [["type": "paragraph", "content": [["type": "text", "text": .string(text)]]]]]
    }

    mutating func create(_ summary: String, labels: [JSONValue] = []) -> JSONValue {
        caller.answer(
            "POST", "/jira/rest/api/3/issue",
            [
                "fields": [
                    "project": ["key": "OPS"], "summary": .string(summary), "issuetype": ["name": "Incident"], "labels": .array(labels),
                    "description": Self.document("why"),
                ]
            ])
    }

    @Test mutating func issuesAreNumberedPerProjectAndFoundByLabel() {
        #expect(create("one")["key"] == "OPS-1")
        #expect(create("two", labels: ["provable-abc", "incident"])["key"] == "OPS-2")
        let found = caller.answer("GET", "/jira/rest/api/3/search/jql", query: ["jql": "project = OPS AND labels = \"provable-abc\""])
        #expect(found["issues"]?.arrayValue?.count == 1 && found["issues"]?[0]?["key"] == "OPS-2")
        #expect(caller.world.journal.effects.last?.content["labels"] == ["incident"])
    }

    @Test mutating func transitionsMoveAnIssueOnce() {
        _ = create("one")
        let transitions = caller.answer("GET", "/jira/rest/api/3/issue/OPS-1/transitions")["transitions"]?.arrayValue ?? []
        let done = transitions.first { $0["to"]?["name"] == "Done" }?["id"] ?? .null
        for _ in 0..<2 {
            #expect(caller.call("POST", "/jira/rest/api/3/issue/OPS-1/transitions", ["transition": ["id": done]]).response.status == 204)
        }
        #expect(caller.answer("GET", "/jira/rest/api/3/issue/OPS-1")["fields"]?["status"]?["name"] == "Done")
        #expect(caller.world.journal.effects.filter { $0.verb == "issue.transition" }.count == 1)
        #expect(caller.call("POST", "/jira/rest/api/3/issue/OPS-1/transitions", ["transition": ["id": "99"]]).response.status == 400)
    }

    @Test mutating func refusalsNameTheField() {
        let refused = caller.answer("POST", "/jira/rest/api/3/issue", ["fields": ["project": ["key": "MISSING"], "description": "plain"]])
        #expect(refused["errors"]?.objectValue?.keys == ["description", "issuetype", "project", "summary"])
        #expect(caller.call("GET", "/jira/rest/api/3/issue/OPS-9").response.status == 404)
        #expect(caller.call("GET", "/jira/rest/api/3/issue/OPS-9", authorization: nil).response.status == 401)
        #expect(caller.call("POST", "/jira/rest/api/3/issue/OPS-9/comment", ["body": "plain"]).response.status == 404)
    }

    @Test mutating func commentsKeepTheirProperties() {
        _ = create("one")
        let comment: JSONValue = ["body": Self.document("hello"), "properties": [["key": "provable", "value": ["key": "k9"]]]]
        #expect(caller.call("POST", "/jira/rest/api/3/issue/OPS-1/comment", comment).response.status == 201)
        #expect(caller.answer("GET", "/jira/rest/api/3/issue/OPS-1/comment")["comments"]?[0]?["properties"]?[0]?["value"]?["key"] == "k9")
        #expect(caller.world.journal.effects.last?.marker == "k9")
        #expect(caller.world.journal.effects.last?.content["body"] == "hello")
    }
}

@Suite struct ChangesStubTests {
    @Test func aSettingIsOneChangeHoweverOftenItIsWritten() {
        var caller = StubCaller()
        let path = "/changes/targets/payments-api/settings/timeout"
        #expect(caller.call("GET", path).response.status == 404)
        #expect(caller.call("PUT", path, ["value": "30s"], headers: ["idempotency-key": "k"]).response.status == 201)
        #expect(caller.call("PUT", path, ["value": "30s"]).response.status == 200)
        #expect(caller.answer("GET", path)["value"] == "30s")
        #expect(caller.answer("GET", path)["revision"] == 1)
        #expect(caller.world.journal.effects.map(\.marker) == ["k"])
        #expect(caller.call("PUT", path, ["value": 30]).response.status == 422)
    }
}

@Suite struct StubSteeringTests {
    var caller = StubCaller()
    let message: JSONValue = ["channel": "#a", "text": "x", "metadata": ["event_payload": ["key": "k"]]]

    @Test mutating func faultsHitTheirVendorAsOftenAsAsked() {
        #expect(
            caller.call("POST", "/_admin/faults", ["vendor": "slack", "kind": "rate-limit", "count": 2, "retry_after_s": 7]).response.status == 201)
        #expect(caller.call("GET", "/jira/rest/api/3/myself").response.status == 200)
        for _ in 0..<2 {
            let refused = caller.call("POST", "/slack/api/chat.postMessage", message).response
            #expect(refused.status == 429 && refused.headers.contains { $0.name == "Retry-After" && $0.value == "7" })
        }
        #expect(caller.call("POST", "/slack/api/chat.postMessage", message).response.status == 200)
        #expect(caller.world.journal.effects.count == 1)
    }

    @Test mutating func anAnswerCanBeLostAfterTheEffect() {
        for kind in ["server-error-after-effect", "truncated", "slow"] {
            _ = caller.call("POST", "/_admin/faults", ["vendor": "slack", "kind": .string(kind), "delay_ms": 300])
        }
        #expect(caller.call("POST", "/slack/api/chat.postMessage", message).response.status == 502)
        #expect(caller.call("POST", "/slack/api/chat.postMessage", message).isTruncated)
        #expect(caller.call("POST", "/slack/api/chat.postMessage", message).delayMillis == 300)
        #expect(caller.world.journal.effects.count == 3)
        let effects = caller.answer("GET", "/_admin/effects")
        #expect(effects["doubled"]?[0] == ["marker": "k", "verb": "slack.chat.postMessage", "count": 3])
    }

    @Test mutating func aFaultOfAnotherMethodWaits() {
        _ = caller.call("POST", "/_admin/faults", ["vendor": "*", "kind": "server-error", "method": "POST"])
        #expect(caller.call("GET", "/jira/rest/api/3/myself").response.status == 200)
        #expect(caller.call("POST", "/slack/api/chat.postMessage", message).response.status == 500)
    }

    @Test(arguments: [#"{"kind":"unknown"}"#, #"{"kind":"slow","count":0}"#, #"{"kind":"slow","colour":"red"}"#, "[]", ""])
    func whatIsNoFaultIsRefused(text: String) {
        var world = StubWorld()
        let reply = world.handle(StubRequest(method: "POST", path: ["_admin", "faults"], body: Array(text.utf8)), at: Date(timeIntervalSince1970: 0))
        #expect(reply.response.status == 400)
    }

    @Test mutating func aResetForgetsEverything() {
        _ = caller.call("POST", "/slack/api/chat.postMessage", message)
        #expect(caller.call("POST", "/_admin/reset").response.status == 204)
        #expect(caller.answer("GET", "/_admin/effects")["items"] == [])
        #expect(caller.answer("GET", "/_admin/state")["slack"] == [:])
    }
}
