internal import ConnectorsCore
internal import GatewayCore
internal import JSON

/// What the public side is sent besides JSON: paths, queries, cookies, headers, webhooks, addresses, templates.
enum RequestText {
    static func run(_ bytes: [UInt8]) throws(BrokenPromise) {
        guard let first = bytes.first else { return }
        let rest = Array(bytes.dropFirst())
        let text = text(rest)
        switch first % 7 {
        case 0:
            if let decoded = PercentText.decode(text, plusIsSpace: true) { try require(decoded.utf8.count <= text.utf8.count, "decoding shortens") }
            _ = routes.match(method: "GET", path: text)
        case 1: _ = try? QueryText.members(of: text)
        case 2: if let token = SessionToken.from(cookieHeader: text) { try require(SessionToken(text: token.text) == token, "a token is one text") }
        case 3:
            _ = try? IdempotencyKey(header: text)
            // Written to the millisecond.
            if let time = Timestamp(text: text) { try require(Timestamp(text: time.text)?.text == time.text, "a time survives a round trip") }
        case 4: webhook(rest)
        case 5: if let url = try? VendorURL(text) { try require((try? VendorURL(url.description)) == url, "an address survives a round trip") }
        default:
            guard let template = try? TextTemplate(text) else { return }
            _ = try? template.text(in: ["input": ["a": "b", "list": [1, 2]]])
        }
    }

    private static let routes: RouteTable<Int> = {
        var table = RouteTable<Int>()
        table.add("GET", "/v1/runs/{run}/steps/{step}", 1)
        table.add("GET", "/v1/runs", 2)
        return table
    }()

    private static func webhook(_ body: [UInt8]) {
        let headers = WebhookHeaders([
            (name: "X-GitHub-Event", value: "issues"), (name: "X-GitHub-Delivery", value: "1"),
            (name: "X-Slack-Request-Timestamp", value: "1"), (name: "X-Atlassian-Webhook-Identifier", value: "1"),
        ])
        for scheme in WebhookScheme.allCases { _ = try? WebhookReader.read(scheme, headers: headers, body: body) }
    }

    static let seeds: [[UInt8]] = [
        (0, "/v1/runs/a%20b/steps/%E4%BD%A0"), (0, "a+b%2Fc"), (1, "limit=10&cursor=abc%3D&x"),
        (2, "a=b; provable_session=\(String(repeating: "A", count: 43))"),
        (3, "2024-02-29T23:59:59.123456Z"), (3, "order-1"), (4, #"{"action":"opened","issue":{}}"#),
        (4, #"{"type":"url_verification","challenge":"x"}"#),
        (4, #"{"webhookEvent":"jira:issue_created","timestamp":1}"#), (5, "https://api.github.com:443/v3"), (5, "http://10.0.0.1"),
        (6, "/repos/${input.a}/issues?x=${input.list}"),
    ].map { [UInt8($0)] + Array($1.utf8) }

    static let words = [
        "%2F", "%00", "%C0%AF", "provable_session=", "; ", "https://", "T00:00:00Z", "+00:00", "${input.", "}", "\"event\"", "\"type\"", "/v1/runs/",
    ]
}
