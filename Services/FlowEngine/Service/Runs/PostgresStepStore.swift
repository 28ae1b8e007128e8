internal import FlowEngineCore
internal import FoundationEssentials
internal import Identity
internal import JSON
internal import Postgres
internal import Trust

/// A receipt that belongs to a run: one of ours, or one that another service made for it.
struct RunReceipt: Sendable, Hashable {
    var digest: SHA256Digest
    /// Not known of policy's.
    var id: ReceiptID?
}

/// Steps, timers and receipts of runs.
struct PostgresStepStore: Sendable {
    static func saving(_ step: StepRecord, run: RunID, receipts: [ReceiptID], costMicros: Int64, at now: Date, tenant: TenantID)
        -> (String, [PostgresValue])
    {
        (
            """
            INSERT INTO step (tenant_id, run_id, seq, node, type, title, state, attempt, input, output, error, port, decision_id, task_id, receipts,
                              cost_micros, started_at, ended_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)
            ON CONFLICT (tenant_id, run_id, seq) DO UPDATE SET
                state = EXCLUDED.state, attempt = EXCLUDED.attempt, output = EXCLUDED.output, error = EXCLUDED.error, port = EXCLUDED.port,
                input = CASE WHEN EXCLUDED.input = 'null'::bytea THEN step.input ELSE EXCLUDED.input END,
                decision_id = coalesce(EXCLUDED.decision_id, step.decision_id), task_id = coalesce(EXCLUDED.task_id, step.task_id),
                receipts = step.receipts || EXCLUDED.receipts, cost_micros = step.cost_micros + EXCLUDED.cost_micros, ended_at = EXCLUDED.ended_at
            """,
            [
                .uuid(tenant.rawValue), .uuid(run.rawValue), .int(Int64(step.seq)), .text(step.node), .text(step.type), .text(step.title),
                .text(step.state.rawValue), .int(Int64(step.attempt)), .bytes(step.input.encoded()), .bytes(step.output.encoded()), .text(step.error),
                .text(step.port), .optional(step.decision?.rawValue), .optional(step.task?.rawValue), .uuidArray(receipts.map(\.rawValue)),
                .int(costMicros), .timestamp(now), step.state.isFinal ? .timestamp(now) : .null,
            ]
        )
    }

    /// No receipt has it.
    private static let unknown = UUID(uuid: (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0))

    static func remembering(_ receipts: [(seq: Int, receipt: RunReceipt)], run: RunID, tenant: TenantID) -> [(String, [PostgresValue])] {
        guard !receipts.isEmpty else { return [] }
        return [
            (
                """
                INSERT INTO run_receipt (tenant_id, run_id, digest, receipt_id, seq)
                SELECT $1, $2, made.digest, NULLIF(made.id, $6), made.seq FROM unnest($3::bytea[], $4::uuid[], $5::bigint[]) AS made (digest, id, seq)
                ON CONFLICT DO NOTHING
                """,
                [
                    .uuid(tenant.rawValue), .uuid(run.rawValue), .bytesArray(receipts.map(\.receipt.digest.bytes)),
                    .uuidArray(receipts.map { $0.receipt.id?.rawValue ?? unknown }), .intArray(receipts.map { Int64($0.seq) }), .uuid(unknown),
                ]
            )
        ]
    }

    func remember(_ receipts: [RunReceipt], seq: Int, run: RunID, tenant: TenantID, in tx: PostgresTransaction) async throws {
        try await tx.pipeline(Self.remembering(receipts.map { (seq, $0) }, run: run, tenant: tenant))
    }

    /// Digests of everything that was attested about a run, or about some of its steps.
    static func attested(_ run: RunID, steps: [Int]?, tenant: TenantID) -> (String, [PostgresValue]) {
        let key: [PostgresValue] = [.uuid(tenant.rawValue), .uuid(run.rawValue)]
        let all = "SELECT seq, digest FROM run_receipt WHERE tenant_id = $1 AND run_id = $2"
        guard let steps else { return (all, key) }
        return (all + " AND seq = ANY($3)", key + [.intArray(steps.map(Int64.init))])
    }

    /// Of every step that is over.
    func history(of run: RunID, tenant: TenantID, in tx: PostgresTransaction) async throws -> [RunFork.Step] {
        try await tx.query(
            "SELECT seq, node, port, output, error FROM step WHERE tenant_id = $1 AND run_id = $2 AND type <> 'compensation' ORDER BY seq",
            [.uuid(tenant.rawValue), .uuid(run.rawValue)]
        ).map {
            RunFork.Step(
                seq: Int(try $0.int("seq")), node: try $0.text("node"), port: try $0.text("port"),
                output: try JSONValue(parsing: try $0.bytes("output")), error: try $0.text("error"))
        }
    }

    // MARK: Timers

    static func starting(_ timer: RunTimer, seq: Int, due: Date, run: RunID, tenant: TenantID) -> (String, [PostgresValue]) {
        (
            """
            INSERT INTO timer (tenant_id, run_id, seq, kind, due_at) VALUES ($1, $2, $3, $4, $5)
            ON CONFLICT (tenant_id, run_id, seq, kind) DO UPDATE SET due_at = EXCLUDED.due_at
            """, [.uuid(tenant.rawValue), .uuid(run.rawValue), .int(Int64(seq)), .text(timer.rawValue), .timestamp(due)]
        )
    }

    static func stoppingTimers(seq: Int, run: RunID, tenant: TenantID) -> (String, [PostgresValue]) {
        (
            "DELETE FROM timer WHERE tenant_id = $1 AND run_id = $2 AND seq = $3", [.uuid(tenant.rawValue), .uuid(run.rawValue), .int(Int64(seq))]
        )
    }

    /// Takes a timer that is due. False where it was stopped, moved or taken meanwhile.
    func take(_ timer: RunTimer, seq: Int, run: RunID, now: Date, tenant: TenantID, in tx: PostgresTransaction) async throws -> Bool {
        try await tx.execute(
            "DELETE FROM timer WHERE tenant_id = $1 AND run_id = $2 AND seq = $3 AND kind = $4 AND due_at <= $5",
            [.uuid(tenant.rawValue), .uuid(run.rawValue), .int(Int64(seq)), .text(timer.rawValue), .timestamp(now)]) == 1
    }
}
