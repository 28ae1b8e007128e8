internal import FlowEngineCore
internal import FoundationEssentials
internal import Identity
internal import Postgres
internal import Trust
internal import Wire

/// Runs as pages show them. Reads rows and never moves a run.
struct PostgresRunReader: Sendable {
    private static let columns = """
        r.run_id, r.flow, v.title, r.version_id, v.number, r.state, r.node, r.why_waiting, r.started_at, r.ended_at, r.started_by, r.outcome, r.message,
        r.deadline_at, r.is_paused
        """

    func list(
        state: String, flow: String, before cursor: ListCursor?, limit: Int, tenant: TenantID, in tx: PostgresTransaction
    ) async throws -> [(summary: FlowV1.RunSummary, cursor: ListCursor)] {
        try await tx.query(
            """
            SELECT \(Self.columns) FROM run AS r
            JOIN flow_version AS v ON v.tenant_id = r.tenant_id AND v.flow = r.flow AND v.version_id = r.version_id
            WHERE r.tenant_id = $1 AND ($2 = '' OR r.state = $2) AND ($3 = '' OR r.flow = $3)
              AND ($4::timestamptz IS NULL OR (r.started_at, r.run_id) < ($4, $5))
            ORDER BY r.started_at DESC, r.run_id DESC LIMIT $6
            """,
            [.uuid(tenant.rawValue), .text(state), .text(flow), .optional(cursor?.time), .optional(cursor?.id), .int(Int64(limit))]
        ).map { (try Self.summary($0), ListCursor(time: try $0.timestamp("started_at"), id: try $0.uuid("run_id"))) }
    }

    /// With the document and the payload that it runs on.
    func find(_ run: RunID, tenant: TenantID, in tx: PostgresTransaction) async throws -> (
        summary: FlowV1.RunSummary, document: [UInt8], position: [UInt8]
    )? {
        try await tx.query(
            """
            SELECT \(Self.columns), v.document, r.position FROM run AS r
            JOIN flow_version AS v ON v.tenant_id = r.tenant_id AND v.flow = r.flow AND v.version_id = r.version_id
            WHERE r.tenant_id = $1 AND r.run_id = $2
            """, [.uuid(tenant.rawValue), .uuid(run.rawValue)]
        ).first.map { (try Self.summary($0), try $0.bytes("document"), try $0.bytes("position")) }
    }

    func steps(of run: RunID, tenant: TenantID, in tx: PostgresTransaction) async throws -> [FlowV1.Step] {
        try await tx.query(
            """
            SELECT seq, node, type, title, state, attempt, input, output, error, port, decision_id, task_id, receipts, cost_micros, started_at, ended_at
            FROM step WHERE tenant_id = $1 AND run_id = $2 ORDER BY seq LIMIT 2000
            """, [.uuid(tenant.rawValue), .uuid(run.rawValue)]
        ).map(Self.step)
    }

    private static func summary(_ row: PostgresRow) throws(PostgresError) -> FlowV1.RunSummary {
        let ended = try row.optionalTimestamp("ended_at")
        let message = try row.text("message")
        let outcome = try row.text("outcome")
        return FlowV1.RunSummary(
            runID: try row.uuid("run_id").bytes, flow: try row.text("flow"), title: try row.text("title"), versionID: try row.bytes("version_id"),
            versionNumber: UInt32(clamping: try row.int("number")), state: try row.text("state"), currentNode: try row.text("node"),
            whyWaiting: try row.text("why_waiting"), startedMicros: try row.timestamp("started_at").micros,
            endedMicros: ended?.micros ?? 0, startedBy: try row.text("started_by"),
            outcome: message.isEmpty ? outcome : "\(outcome): \(message)",
            deadlineMicros: try row.optionalTimestamp("deadline_at")?.micros ?? 0, paused: try row.bool("is_paused"))
    }

    private static func step(_ row: PostgresRow) throws(PostgresError) -> FlowV1.Step {
        var receipts: [[UInt8]] = []
        for id in try row.uuidArray("receipts") { receipts.append(id.bytes) }
        return FlowV1.Step(
            seq: UInt32(clamping: try row.int("seq")), node: try row.text("node"), type: try row.text("type"), title: try row.text("title"),
            state: try row.text("state"), startedMicros: try row.timestamp("started_at").micros,
            endedMicros: try row.optionalTimestamp("ended_at")?.micros ?? 0, inputJSON: try row.bytes("input"),
            outputJSON: try row.bytes("output"), error: try row.text("error"), port: try row.text("port"),
            attempt: UInt32(clamping: try row.int("attempt")),
            decisionID: try row.optionalUUID("decision_id")?.bytes ?? [], receipts: receipts,
            cost: CommonV1.Money(micros: try row.int("cost_micros"), currency: "USD"), taskID: try row.optionalUUID("task_id")?.bytes ?? [])
    }
}
