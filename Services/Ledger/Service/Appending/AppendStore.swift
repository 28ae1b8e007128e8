internal import FoundationEssentials
internal import Identity
internal import LedgerCore
internal import Postgres
internal import Receipts
internal import Trust

/// Locks heads and writes what was appended, for many logs at once, as the sequencer's role.
struct AppendStore: Sendable {
    /// What the transaction begins with.
    struct Opening: Sendable {
        var sizes: [TenantID: UInt64] = [:]
        var standing: [TenantID: [ReceiptID: StandingEntry]] = [:]
    }

    /// Locks the heads until the transaction ends, in one order for every sequencer, so that two of them cannot wait for each other;
    /// and finds those of the receipts that are in the logs already. One flush, however many tenants. A log that has no head begins
    /// empty.
    func open(_ submissions: [Submission], in transaction: PostgresTransaction) async throws -> Opening {
        let tenants: [PostgresValue] = [.uuidArray(Set(submissions.map(\.tenant)).sorted().map(\.rawValue))]
        let results = try await transaction.pipeline([
            (
                """
                INSERT INTO log_head (tenant_id, size, checkpoint, updated_at) SELECT tenant, 0, '', now() FROM unnest($1::uuid[]) AS tenant
                ON CONFLICT DO NOTHING
                """, tenants
            ),
            ("SELECT tenant_id, size FROM log_head WHERE tenant_id = ANY ($1::uuid[]) ORDER BY tenant_id FOR UPDATE", tenants),
            (
                """
                SELECT e.tenant_id, e.receipt_id, e.index, e.leaf_hash FROM entry e
                JOIN unnest($1::uuid[], $2::uuid[]) AS wanted (tenant_id, receipt_id)
                  ON e.tenant_id = wanted.tenant_id AND e.receipt_id = wanted.receipt_id
                """, [.uuidArray(submissions.map(\.tenant.rawValue)), .uuidArray(submissions.map(\.receipt.rawValue))]
            ),
        ])
        guard results.count == 3 else { throw PostgresError.unreadableColumn("size", reason: "the heads were not returned") }
        var opening = Opening()
        for row in results[1] { opening.sizes[TenantID(rawValue: try row.uuid("tenant_id"))] = UInt64(try row.int("size")) }
        for row in results[2] {
            opening.standing[TenantID(rawValue: try row.uuid("tenant_id")), default: [:]][ReceiptID(rawValue: try row.uuid("receipt_id"))] =
                StandingEntry(index: UInt64(try row.int("index")), leafHash: try row.digest("leaf_hash"))
        }
        return opening
    }

    /// A log with its new signed head.
    struct Advance: Sendable {
        let batch: LogBatch
        let checkpoint: SignedCheckpoint
    }

    /// Everything that the batches added, in one flush.
    func write(_ advances: [Advance], sealing keyring: LogKeyring, at time: Date, in transaction: PostgresTransaction) async throws {
        let entries = advances.flatMap(\.batch.entries)
        try await transaction.pipeline([
            (Self.insertEntries, Self.entryColumns(entries)),
            (
                "INSERT INTO envelope (tenant_id, receipt_id, envelope) SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::bytea[])",
                Self.keys(entries) + [.bytesArray(entries.map(\.submission.envelope))]
            ),
            try Self.disclosures(entries.filter { !$0.submission.disclosures.isEmpty }, keyring),
            Self.tiles(advances),
            (
                """
                UPDATE log_head SET size = fresh.size, checkpoint = fresh.checkpoint, updated_at = $4
                FROM unnest($1::uuid[], $2::bigint[], $3::text[]) AS fresh (tenant_id, size, checkpoint)
                WHERE log_head.tenant_id = fresh.tenant_id
                """,
                [
                    .uuidArray(advances.map(\.batch.tenant.rawValue)), .intArray(advances.map { Int64($0.batch.state.size) }),
                    .textArray(advances.map(\.checkpoint.note)), .timestamp(time),
                ]
            ),
        ])
    }

    private static func keys(_ entries: [LogBatch.Entry]) -> [PostgresValue] {
        [.uuidArray(entries.map(\.submission.tenant.rawValue)), .uuidArray(entries.map(\.submission.receipt.rawValue))]
    }

    private static func disclosures(_ entries: [LogBatch.Entry], _ keyring: LogKeyring) throws -> (String, [PostgresValue]) {
        let sealed = try entries.map { try keyring.seal($0.submission.disclosures, tenant: $0.submission.tenant, receipt: $0.submission.receipt) }
        return (
            "INSERT INTO disclosure (tenant_id, receipt_id, sealed) SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::bytea[])",
            keys(entries) + [.bytesArray(sealed)]
        )
    }

    private static func tiles(_ advances: [Advance]) -> (String, [PostgresValue]) {
        let tiles = advances.flatMap { advance in advance.batch.state.completedTiles.map { (advance.batch.tenant, $0) } }
        return (
            """
            INSERT INTO tile (tenant_id, level, index, hashes, root)
            SELECT * FROM unnest($1::uuid[], $2::int[], $3::bigint[], $4::bytea[], $5::bytea[])
            """,
            [
                .uuidArray(tiles.map(\.0.rawValue)), .intArray(tiles.map { Int64($0.1.address.level) }),
                .intArray(tiles.map { Int64($0.1.address.index) }), .bytesArray(tiles.map(\.1.tile.bytes)), .bytesArray(tiles.map(\.1.root.bytes)),
            ]
        )
    }

    private static func entryColumns(_ entries: [LogBatch.Entry]) -> [PostgresValue] {
        let statements = entries.map(\.submission.statement)
        return keys(entries) + [
            .intArray(entries.map { Int64($0.index) }), .textArray(statements.map(\.kind.name)), .textArray(statements.map(\.phase.rawValue)),
            .textArray(statements.map(\.emitter.service.rawValue)), .textArray(statements.map { $0.run?.description ?? "" }),
            .textArray(statements.map { $0.step ?? "" }), .textArray(statements.map(\.outcome)), .intArray(statements.map(\.time.micros)),
            .bytesArray(entries.map(\.submission.digest.bytes)), .bytesArray(entries.map(\.submission.leaf)),
            .bytesArray(entries.map(\.submission.leafHash.bytes)),
        ]
    }

    private static let insertEntries = """
        INSERT INTO entry (tenant_id, receipt_id, index, kind, phase, emitter, run_id, step, outcome, time_micros, digest, leaf, leaf_hash)
        SELECT tenant_id, receipt_id, index, kind, phase, emitter, NULLIF(run_id, '')::uuid, step, outcome, time_micros, digest, leaf, leaf_hash
        FROM unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::bigint[],
                    $11::bytea[], $12::bytea[], $13::bytea[])
            AS fresh (tenant_id, receipt_id, index, kind, phase, emitter, run_id, step, outcome, time_micros, digest, leaf, leaf_hash)
        """
}

extension PostgresRow {
    func digest(_ column: String) throws(PostgresError) -> SHA256Digest {
        guard let digest = SHA256Digest(bytes: try bytes(column)) else { throw .unreadableColumn(column, reason: "is no SHA-256 digest") }
        return digest
    }
}
