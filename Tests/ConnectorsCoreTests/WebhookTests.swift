import FoundationEssentials
import JSON
import Testing
import Trust

@testable import ConnectorsCore

@Suite struct WebhookVerifierTests {
    static let secret = Secret("It's a Secret to Everybody")
    let body = Array("Hello, World!".utf8)
    let now = Date(timeIntervalSince1970: 1_531_420_618)

    func verify(
        _ scheme: WebhookScheme, _ headers: [(name: String, value: String)], _ body: [UInt8], _ secrets: [Secret] = [secret], now: Date? = nil
    ) -> WebhookRefusal? {
        do throws(WebhookRefusal) {
            try WebhookVerifier.verify(scheme, headers: WebhookHeaders(headers), body: body, secrets: secrets, now: now ?? self.now)
            return nil
        } catch { return error }
    }

    /// The example of GitHub's own documentation.
    static let documented = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"

    @Test func gitHubsExampleHolds() {
        #expect(verify(.github, [("x-hub-signature-256", Self.documented)], body) == nil)
        #expect(verify(.jira, [("X-Hub-Signature", Self.documented)], body) == nil)
    }

    @Test func oneChangedByteIsWrong() {
        for index in body.indices {
            var changed = body
            changed[index] ^= 1
            #expect(verify(.github, [("X-Hub-Signature-256", Self.documented)], changed) == .wrongSignature)
        }
    }

    @Test(
        arguments: [
            ([], WebhookRefusal.missingSignature),
            ([("X-Hub-Signature-256", documented), ("x-hub-signature-256", documented)], .missingSignature),
            ([("X-Hub-Signature-256", "sha1=757107ea")], .malformedSignature),
            ([("X-Hub-Signature-256", "sha256=757107ea")], .malformedSignature),
            ([("X-Hub-Signature-256", "sha256=" + String(repeating: "zz", count: 32))], .malformedSignature),
            ([("X-Hub-Signature-256", "sha256=" + String(repeating: "00", count: 32))], .wrongSignature),
            ([("X-Hub-Signature", documented)], .missingSignature),
        ] as [([(name: String, value: String)], WebhookRefusal)])
    func gitHubFailsClosed(headers: [(name: String, value: String)], refusal: WebhookRefusal) {
        #expect(verify(.github, headers, body) == refusal)
    }

    @Test func withoutASecretNothingIsBelieved() {
        let empty = "sha256=" + Hexadecimal.encode(HMACSHA256.authenticationCode(key: [], message: body))
        #expect(verify(.github, [("X-Hub-Signature-256", empty)], body, []) == .noSecret)
        #expect(verify(.github, [("X-Hub-Signature-256", empty)], body, [Secret("")]) == .noSecret)
    }

    @Test func bothSecretsHoldWhileOneIsChanged() {
        let headers = [(name: "X-Hub-Signature-256", value: Self.documented)]
        #expect(verify(.github, headers, body, [Secret("new"), Self.secret]) == nil)
        #expect(verify(.github, headers, body, [Secret("new")]) == .wrongSignature)
    }

    // Slack: the example of its documentation.
    static let slackSecret = Secret("8f742231b10e8888abcd99yyyzzz85a5")
    static let slackBody = Array(
        "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
            .utf8)
    static let slackSignature = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"

    func slack(_ timestamp: String = "1531420618", signature: String = slackSignature, at offset: TimeInterval = 0) -> WebhookRefusal? {
        let headers = [(name: "X-Slack-Request-Timestamp", value: timestamp), (name: "X-Slack-Signature", value: signature)]
        return verify(.slack, headers, Self.slackBody, [Self.slackSecret], now: now.addingTimeInterval(offset))
    }

    @Test func slacksExampleHoldsForFiveMinutes() {
        #expect(slack() == nil)
        #expect(slack(at: 300) == nil)
        #expect(slack(at: -300) == nil)
        #expect(slack(at: 301) == .staleTimestamp)
        #expect(slack(at: -301) == .staleTimestamp)
    }

    @Test func slacksTimestampIsPartOfWhatIsSigned() {
        #expect(slack("1531420619") == .wrongSignature)
        #expect(slack("01531420618") == .missingTimestamp)
        #expect(slack("+1531420618") == .missingTimestamp)
        #expect(slack("soon") == .missingTimestamp)
        #expect(slack("99999999999999999999") == .missingTimestamp)
        #expect(slack(signature: "v1=" + Self.slackSignature.dropFirst(3)) == .malformedSignature)
    }
}

@Suite struct WebhookReaderTests {
    func read(_ scheme: WebhookScheme, _ headers: [(name: String, value: String)], _ body: String) throws -> WebhookContent {
        try WebhookReader.read(scheme, headers: WebhookHeaders(headers), body: Array(body.utf8))
    }

    @Test func aGitHubEventIsNamedByHeaderAndAction() throws {
        let headers = [(name: "X-GitHub-Event", value: "issues"), (name: "X-GitHub-Delivery", value: "d-1")]
        let content = try read(.github, headers, #"{"action":"opened","issue":{"number":7}}"#)
        #expect(
            content == .event(WebhookEvent(kind: "github.issues.opened", deliveryID: "d-1", payload: ["action": "opened", "issue": ["number": 7]])))
        guard case .event(let push) = try read(.github, [("X-GitHub-Event", "push"), ("X-GitHub-Delivery", "d-2")], "{}") else {
            throw WebhookRefusal.noSecret
        }
        #expect(push.kind == "github.push")
    }

    @Test(arguments: ["{", "[]", #"{"action":"a b"}"#, #"{"action":1,"action":2}"#, ""])
    func whatIsNoEventIsRefused(body: String) {
        #expect(throws: WebhookFormatError.self) { try read(.github, [("X-GitHub-Event", "issues"), ("X-GitHub-Delivery", "d")], body) }
    }

    @Test func aGitHubEventWithoutItsHeadersIsRefused() {
        #expect(throws: WebhookFormatError.self) { try read(.github, [("X-GitHub-Event", "issues")], "{}") }
        #expect(throws: WebhookFormatError.self) { try read(.github, [("X-GitHub-Event", "a b"), ("X-GitHub-Delivery", "d")], "{}") }
    }

    @Test func slackShakesHands() throws {
        let content = try read(.slack, [], #"{"type":"url_verification","challenge":"c\"1"}"#)
        #expect(content == .handshake(WebhookHandshake(body: Array(#"{"challenge":"c\"1"}"#.utf8), contentType: "application/json")))
    }

    @Test func aSlackButtonIsAnInteraction() throws {
        let form = [(name: "Content-Type", value: "application/x-www-form-urlencoded"), (name: "X-Slack-Request-Timestamp", value: "5")]
        let body = "payload=%7B%22type%22%3A%22block_actions%22%2C%22text%22%3A%22a+b%22%7D"
        guard case .event(let event) = try read(.slack, form, body) else { throw WebhookRefusal.noSecret }
        #expect(event.kind == "slack.interaction" && event.payload == ["type": "block_actions", "text": "a b"])
        guard case .event(let later) = try read(.slack, [form[0], ("X-Slack-Request-Timestamp", "6")], body) else { throw WebhookRefusal.noSecret }
        #expect(later.deliveryID != event.deliveryID)
        guard case .event(let command) = try read(.slack, form, "command=%2Fx&text=") else { throw WebhookRefusal.noSecret }
        #expect(command.kind == "slack.command" && command.payload["command"] == "/x")
        #expect(throws: WebhookFormatError.self) { try read(.slack, form, "payload=%7B&payload=1") }
        #expect(throws: WebhookFormatError.self) { try read(.slack, form, "payload=%7") }
    }

    @Test func aSlackEventKeepsItsID() throws {
        guard case .event(let event) = try read(.slack, [], #"{"type":"event_callback","event_id":"Ev1","event":{"type":"message"}}"#) else {
            throw WebhookRefusal.noSecret
        }
        #expect(event.kind == "slack.message" && event.deliveryID == "Ev1")
    }

    @Test func aJiraEventIsNamedWithoutItsPrefix() throws {
        let headers = [(name: "X-Atlassian-Webhook-Identifier", value: "w1")]
        guard case .event(let event) = try read(.jira, headers, #"{"webhookEvent":"jira:issue_created"}"#) else { throw WebhookRefusal.noSecret }
        #expect(event.kind == "jira.issue_created" && event.deliveryID == "w1")
        guard case .event(let unnamed) = try read(.jira, [], #"{"webhookEvent":"comment_created"}"#) else { throw WebhookRefusal.noSecret }
        #expect(unnamed.kind == "jira.comment_created" && unnamed.deliveryID.hasPrefix("sha256-"))
    }
}
