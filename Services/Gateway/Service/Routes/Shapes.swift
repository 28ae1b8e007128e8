internal import GatewayCore

/// The named objects of the public API.
enum Shapes {
    typealias Field = Shape.Field

    static let uuid = Shape.text(.uuid)
    static let digest = Shape.text(.digest)
    static let time = Shape.text(.time)
    static let maybeUUID = Shape.nullable(uuid)
    static let maybeTime = Shape.nullable(time)
    static let maybeText = Shape.nullable(.text())
    static let texts = Shape.list(.text())
    static let document = Shape.text(.free, maximum: 1 << 20)
    static let money = Shape.object(name: "Money", [Field("micros", .integer(), "Millionths of the currency."), Field("currency", .text(maximum: 3))])
    static let maybeMoney = Shape.nullable(money)

    static func page(_ name: String, of item: Shape, _ more: [Field] = []) -> Shape {
        .object(name: name, [Field("items", .list(item)), Field("next_cursor", maybeText, "Send it as `cursor` for the next page.")] + more)
    }

    static let paging = [
        Field("cursor", .text(), required: false, "next_cursor of the page before."), Field("limit", .text(), required: false, "1 to 200; 50 if absent."),
    ]

    static let tenant = Shape.object(
        name: "Tenant",
        [Field("id", uuid), Field("slug", .text()), Field("name", .text()), Field("kind", .choice(["company", "agency", "client"])), Field("parent_slug", maybeText)])
    static let place = Shape.object(
        name: "Membership", [Field("slug", .text()), Field("name", .text()), Field("kind", .text()), Field("roles", texts)])
    static let session = Shape.object(
        name: "Session",
        [
            Field("principal", .text()), Field("name", .text()), Field("tenant", tenant), Field("tenants", .list(place)), Field("roles", texts),
            Field("csrf_token", .text(), "Send it as X-CSRF-Token with every write."), Field("environment", .text()), Field("expires_at", time),
        ])
    static let person = Shape.object(
        name: "Person", [Field("email", .text()), Field("name", .text()), Field("tenants", .list(place))])

    static let inboxItem = Shape.object(
        name: "InboxItem",
        [
            Field("id", uuid), Field("kind", .choice(["approval", "task", "anomaly", "failed-run"])), Field("state", .text()), Field("title", .text()),
            Field("summary", .text()), Field("role", maybeText), Field("run_id", maybeUUID), Field("task_id", maybeUUID),
            Field("anomaly_id", maybeUUID), Field("created_at", maybeTime), Field("due_at", maybeTime), Field("tone", .text()),
            Field("requested_by", .text()), Field("can_decide", .boolean),
        ])
    static let task = Shape.object(
        name: "Task",
        [
            Field("id", uuid), Field("kind", .text()), Field("state", .text()), Field("title", .text()), Field("role", maybeText),
            Field("run_id", maybeUUID), Field("flow", .text()), Field("node", .text()), Field("requested_by", .text()),
            Field("subject", .any, "Exactly what will run."), Field("subject_digest", .nullable(digest), "What an approver signs."),
            Field("form", .any), Field("reason", .text()), Field("decision_id", maybeUUID), Field("created_at", maybeTime),
            Field("due_at", maybeTime), Field("decided_by", maybeText), Field("decided_at", maybeTime), Field("comment", maybeText),
            Field("can_decide", .boolean), Field("cannot_decide_reason", maybeText),
        ])

    static let run = Shape.object(
        name: "Run",
        [
            Field("id", uuid), Field("flow", .text()), Field("title", .text()), Field("version_id", .nullable(digest)),
            Field("version_number", .integer()), Field("state", .text()), Field("current_node", maybeText), Field("why_waiting", maybeText),
            Field("started_at", maybeTime), Field("ended_at", maybeTime), Field("started_by", .text()), Field("outcome", maybeText),
            Field("deadline_at", maybeTime),
        ])
    static let step = Shape.object(
        name: "Step",
        [
            Field("seq", .integer()), Field("node", .text()), Field("type", .text()), Field("title", .text()), Field("state", .text()),
            Field("started_at", maybeTime), Field("ended_at", maybeTime), Field("input", .any), Field("output", .any), Field("error", maybeText),
            Field("port", maybeText), Field("attempt", .integer()), Field("decision_id", maybeUUID), Field("receipt_ids", .list(maybeUUID)),
            Field("cost", maybeMoney), Field("task_id", maybeUUID),
        ])

    static let flow = Shape.object(
        name: "Flow",
        [
            Field("name", .text()), Field("title", .text()), Field("version_id", .nullable(digest)), Field("version_number", .integer()),
            Field("published_at", maybeTime), Field("published_by", .text()), Field("trigger", .text()), Field("runs_total", .integer()),
            Field("runs_open", .integer()), Field("state", .text()), Field("note", .text()),
        ])
    static let flowProblem = Shape.object(
        name: "FlowProblem",
        [
            Field("severity", .text()), Field("node", maybeText), Field("port", maybeText), Field("pointer", .text()), Field("message", .text()),
            Field("fix", .text()),
        ])
}

// MARK: Proof, policy, cost, connectors

extension Shapes {
    static let receipt = Shape.object(
        name: "Receipt",
        [
            Field("id", uuid), Field("index", .integer()), Field("kind", .text()), Field("phase", .choice(["intent", "result", "single"])),
            Field("emitter", .text()), Field("run_id", maybeUUID), Field("step", maybeText), Field("outcome", .text()), Field("at", time),
            Field("digest", digest, "SHA-256 of the signed bytes."), Field("causes", .list(.nullable(digest))),
        ])
    static let decision = Shape.object(
        name: "Decision",
        [
            Field("id", uuid), Field("verdict", .choice(PolicyVerdicts.all)), Field("principal", .text()), Field("action", .text()),
            Field("resource", .text()), Field("determining", texts), Field("satisfied_permits", texts), Field("satisfied_forbids", texts),
            Field("erring", texts), Field("gates", .list(.any)), Field("obligations", .any), Field("reason", .text()),
            Field("bundle_digest", .nullable(digest)), Field("run_id", maybeUUID), Field("step", maybeText), Field("at", maybeTime),
            Field("receipt_id", maybeUUID),
        ])
    static let securityEvent = Shape.object(
        name: "SecurityEvent",
        [
            Field("id", uuid), Field("kind", .text()), Field("principal", maybeText), Field("reporter", .text()), Field("detail", .any),
            Field("at", time),
        ])
    static let costPoint = Shape.object(
        name: "CostPoint", [Field("at", maybeTime), Field("cost", maybeMoney), Field("expected", maybeMoney), Field("anomalous", .boolean)])
    static let costSeries = Shape.object(
        name: "CostSeries", [Field("service", .text()), Field("meter", .text()), Field("total", maybeMoney), Field("points", .list(costPoint, maximum: 20_000))])
    static let usage = Shape.object(
        name: "UsageEvent",
        [
            Field("id", uuid), Field("meter", .text()), Field("quantity", .integer()), Field("cost", maybeMoney), Field("at", maybeTime),
            Field("step", maybeText), Field("service", .text()),
        ])
    static let anomaly = Shape.object(
        name: "Anomaly",
        [
            Field("id", uuid), Field("service", .text()), Field("meter", .text()), Field("state", .text()), Field("observed", maybeMoney),
            Field("expected", maybeMoney), Field("ratio_milli", .integer()), Field("opened_at", maybeTime), Field("closed_at", maybeTime),
            Field("receipt_id", maybeUUID),
        ])
    static let budget = Shape.object(
        name: "Budget",
        [
            Field("scope", .text()), Field("limit", maybeMoney), Field("spent", maybeMoney), Field("reserved", maybeMoney), Field("period", .text()),
        ])
    static let throttle = Shape.object(
        name: "Throttle",
        [
            Field("service", .text()), Field("meter", .text()), Field("percent", .integer(0...100)), Field("run_id", maybeUUID),
            Field("since", maybeTime),
        ])
    static let operation = Shape.object(
        name: "Operation",
        [
            Field("name", .text()), Field("connector", .text()), Field("connector_version", .text()), Field("title", .text()),
            Field("input_schema", .any), Field("output_schema", .any), Field("idempotency", .text()), Field("cost", maybeMoney),
        ])
    static let connection = Shape.object(
        name: "Connection",
        [
            Field("connector", .text()), Field("title", .text()), Field("version", .text()), Field("health", .text()), Field("reason", maybeText),
            Field("base_url", .text()), Field("secrets_set", texts), Field("secrets_needed", texts), Field("hosts", texts),
        ])
    static let citation = Shape.object(
        name: "Citation", [Field("receipt_id", uuid), Field("index", .integer()), Field("kind", .text()), Field("digest", .nullable(digest))])
    static let answer = Shape.object(
        name: "Answer",
        [
            Field("answer_id", uuid),
            Field("sentences", .list(.object(name: "Sentence", [Field("text", .text()), Field("citations", .list(citation))]))),
            Field("route", .text()), Field("route_reason", .text()), Field("abstained", .boolean), Field("suggestions", texts),
            Field("receipt_id", maybeUUID),
        ])
}

enum PolicyVerdicts {
    static let all = ["UNSPECIFIED", "ALLOW", "REDACT", "REQUIRE_APPROVAL", "REDACT_AND_REQUIRE_APPROVAL", "DENY"]
}
