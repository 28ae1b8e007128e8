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
    static let money = Shape.object(
        name: "Money", [Field("micros", .integer(), "Millionths of the currency."), Field("currency", .text(maximum: 3))])
    static let maybeMoney = Shape.nullable(money)

    static func page(_ name: String, of item: Shape, _ more: [Field] = []) -> Shape {
        .object(name: name, [Field("items", .list(item)), Field("next_cursor", maybeText, "Send it as `cursor` for the next page.")] + more)
    }

    static let paging = [
        Field("cursor", .text(), required: false, "next_cursor of the page before."),
        Field("limit", .integer(1...Int64(CursorSlice.limitMax)), required: false, "\(CursorSlice.limitDefault) if absent."),
    ]

    static let roles = Shape.list(.choice(Role.known.sorted(), name: "Role"))
    static let tenantKind = Shape.choice(["company", "agency", "client"], name: "TenantKind")
    static let tenant = Shape.object(
        name: "Tenant",
        [
            Field("id", uuid), Field("slug", .text()), Field("name", .text()), Field("kind", tenantKind),
            Field("parent_slug", maybeText, "Of the agency whose client this is."),
        ])
    static let place = Shape.object(
        name: "TenantMembership", [Field("slug", .text()), Field("name", .text()), Field("kind", tenantKind), Field("roles", roles)])
    static let session = Shape.object(
        name: "Session",
        [
            Field("principal", .text()), Field("name", .text()), Field("tenant", tenant), Field("tenants", .list(place)), Field("roles", roles),
            Field("csrf_token", .text(), "Send it as X-CSRF-Token with every write."), Field("environment", .text()), Field("expires_at", time),
        ])
    static let person = Shape.object(
        name: "DevPerson", [Field("email", .text()), Field("name", .text()), Field("tenants", .list(place))])

    static let inboxItem = Shape.object(
        name: "InboxItem",
        [
            Field("id", uuid), Field("kind", .choice(["approval", "task", "anomaly", "failed-run"])), Field("state", openOrClosed),
            Field("title", .text()),
            Field("summary", .text()), Field("role", maybeText), Field("run_id", maybeUUID), Field("task_id", maybeUUID),
            Field("anomaly_id", maybeUUID), Field("created_at", time), Field("due_at", maybeTime),
            Field("tone", .choice(["info", "wait", "bad", "cost"])),
            Field("requested_by", maybeText), Field("can_decide", .boolean),
        ])
    static let task = Shape.object(
        name: "Task",
        [
            Field("id", uuid), Field("kind", .choice(["approval", "task"])),
            Field("state", .choice(["open", "approved", "rejected", "completed", "expired", "cancelled"])), Field("title", .text()),
            Field("role", maybeText), Field("run_id", maybeUUID), Field("flow", maybeText), Field("node", maybeText),
            Field("requested_by", maybeText), Field("subject", .any, "Exactly what will run."),
            Field("subject_digest", digest, "What an approver signs."),
            Field("form", .any), Field("reason", .text()), Field("decision_id", maybeUUID), Field("created_at", time),
            Field("due_at", maybeTime), Field("decided_by", maybeText), Field("decided_at", maybeTime), Field("comment", maybeText),
            Field("can_decide", .boolean), Field("cannot_decide_reason", maybeText),
        ])

    static let openOrClosed = Shape.choice(["open", "closed"])
    static let runState = Shape.choice(["running", "waiting", "succeeded", "failed", "cancelled"])
    static let run = Shape.object(
        name: "RunSummary",
        [
            Field("id", uuid), Field("flow", .text()), Field("title", .text()), Field("version_id", digest),
            Field("version_number", .integer()), Field("state", runState), Field("current_node", maybeText), Field("why_waiting", maybeText),
            Field("started_at", time), Field("ended_at", maybeTime), Field("started_by", .text()), Field("outcome", maybeText),
            Field("deadline_at", maybeTime), Field("paused", .boolean),
        ])
    static let step = Shape.object(
        name: "Step",
        [
            Field("seq", .integer()), Field("node", .text()), Field("type", .text()), Field("title", .text()),
            Field("state", .choice(["started", "succeeded", "failed", "waiting", "timed-out", "skipped", "may-have-run"])),
            Field("started_at", time), Field("ended_at", maybeTime), Field("input", .any), Field("output", .any), Field("error", maybeText),
            Field("port", maybeText), Field("attempt", .integer()), Field("decision_id", maybeUUID), Field("receipt_ids", .list(uuid)),
            Field("cost", maybeMoney), Field("task_id", maybeUUID),
        ])

    static let flow = Shape.object(
        name: "FlowSummary",
        [
            Field("name", .text()), Field("title", .text()), Field("version_id", digest), Field("version_number", .integer()),
            Field("published_at", maybeTime), Field("published_by", maybeText), Field("trigger", .text()), Field("runs_total", .integer()),
            Field("runs_open", .integer()), Field("state", .choice(["published", "awaiting-approval"])), Field("note", maybeText),
        ])
    static let flowProblem = Shape.object(
        name: "FlowProblem",
        [
            Field("severity", .choice(["error", "warning"])), Field("node", maybeText), Field("port", maybeText),
            Field("pointer", .text(), "Into the document."), Field("message", .text()), Field("fix", maybeText),
        ])
}

// MARK: Proof, policy, cost, connectors

extension Shapes {
    static let receipt = Shape.object(
        name: "Receipt",
        [
            Field("id", uuid), Field("index", .integer()), Field("kind", .text()), Field("phase", .choice(["intent", "result", "single"])),
            Field("emitter", .text()), Field("run_id", maybeUUID), Field("step", maybeText), Field("outcome", .text()), Field("at", time),
            Field("digest", digest, "SHA-256 of the signed bytes."), Field("causes", .list(digest)),
        ])
    static let gate = Shape.object(
        name: "Gate",
        [
            Field("policy_id", .text()), Field("gate", .choice(["approval", "redact"])), Field("role", .text()), Field("ttl_seconds", .integer()),
            Field("quorum", .integer(), "How many different people must approve."),
        ])
    static let decision = Shape.object(
        name: "Decision",
        [
            Field("id", uuid), Field("verdict", .choice(PolicyVerdicts.all)), Field("principal", .text()), Field("action", .text()),
            Field("resource", .text()), Field("determining", texts), Field("satisfied_permits", texts), Field("satisfied_forbids", texts),
            Field("erring", texts), Field("gates", .list(gate)), Field("obligations", .list(.any)), Field("reason", .text()),
            Field("bundle_digest", digest), Field("run_id", maybeUUID), Field("step", maybeText), Field("at", time),
            Field("receipt_id", maybeUUID),
        ])
    static let securityEvent = Shape.object(
        name: "SecurityEvent",
        [
            Field("id", uuid), Field("kind", .text()), Field("principal", maybeText), Field("reporter", .text()), Field("detail", .any),
            Field("at", time),
        ])
    static let costPoint = Shape.object(
        name: "CostPoint", [Field("at", time), Field("cost", money), Field("expected", maybeMoney), Field("anomalous", .boolean)])
    static let costSeries = Shape.object(
        name: "CostSeries",
        [Field("service", .text()), Field("meter", .text()), Field("total", money), Field("points", .list(costPoint, maximum: 20_000))])
    static let usage = Shape.object(
        name: "UsageEvent",
        [
            Field("id", uuid), Field("meter", .text()), Field("quantity", .integer()), Field("cost", money), Field("at", time),
            Field("step", maybeText), Field("service", maybeText),
        ])
    static let anomaly = Shape.object(
        name: "Anomaly",
        [
            Field("id", uuid), Field("service", .text()), Field("meter", .text()), Field("state", openOrClosed), Field("observed", money),
            Field("expected", money), Field("ratio_milli", .integer()), Field("opened_at", time), Field("closed_at", maybeTime),
            Field("receipt_id", maybeUUID),
        ])
    static let budget = Shape.object(
        name: "Budget",
        [
            Field("scope", .text()), Field("limit", money), Field("spent", money), Field("reserved", money),
            Field("period", .choice(["day", "month"])),
        ])
    static let throttle = Shape.object(
        name: "Throttle",
        [
            Field("service", .text()), Field("meter", .text()), Field("percent", .integer(0...100)), Field("run_id", maybeUUID),
            Field("since", time),
        ])
    static let operation = Shape.object(
        name: "Operation",
        [
            Field("name", .text()), Field("connector", .text()), Field("connector_version", .text()), Field("title", .text()),
            Field("input_schema", .any), Field("output_schema", .any),
            Field("idempotency", .choice(["idempotent", "keyed", "read-back", "unsafe"])), Field("cost", maybeMoney),
        ])
    static let connection = Shape.object(
        name: "Connection",
        [
            Field("connector", .text()), Field("title", .text()), Field("version", .text()),
            Field("health", .choice(["connected", "missing-secret", "failing"])), Field("reason", maybeText), Field("base_url", maybeText),
            Field("secrets_set", texts), Field("secrets_needed", texts), Field("hosts", texts),
        ])
    static let citation = Shape.object(
        name: "Citation", [Field("receipt_id", uuid), Field("index", .integer()), Field("kind", .text()), Field("digest", digest)])
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
    static let all = ["ALLOW", "REDACT", "REQUIRE_APPROVAL", "REDACT_AND_REQUIRE_APPROVAL", "DENY"]
}
