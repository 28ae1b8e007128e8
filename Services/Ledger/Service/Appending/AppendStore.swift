internal import FoundationEssentials
internal import Identity
internal import LedgerCore
internal import Postgres
internal import Receipts
internal import Trust

/// Reads a log's edge and writes what was appended, as the sequencer's role.
struct AppendStore: Sendable {
    /// The log's edge, with its head locked until the transaction ends. A log that has none yet begins empty.
    func lockedLog(_ tenant: TenantID, in transaction: PostgresTransaction) async throws -> LogFrontier {
        let key: [PostgresValue] = [.uuid(tenant.rawValue)]
        let results = try await transaction.pipeline([
            ("INSERT INTO log_head (tenant_id, size, checkpoint, updated_at) VALUES ($1, 0, '', now()) ON CONFLICT DO NOTHING", key),
            ("SELECT size FROM log_head WHERE tenant_id = $1 FOR UPDATE", key),
        ])
        let size = UInt64(try results.last?.first?.int("size") ?? 0)
        return try await LogEdge.read(tenant, size: size, in: transaction)
    }

    /// Those of `receipts` that are in the log already.
    func standing(_ receipts: [ReceiptID], tenant: TenantID, in transaction: PostgresTransaction) async throws -> [ReceiptID: PlacedEntry] {
        let rows = try await transaction.query(
            "SELECT receipt_id, index, digest, leaf_hash FROM entry WHERE tenant_id = $1 AND receipt_id = ANY ($2)",
            [.uuid(tenant.rawValue), .uuidArray(receipts.map(\.rawValue))])
        var standing: [ReceiptID: PlacedEntry] = [:]
        for row in rows {
            standing[ReceiptID(rawValue: try row.uuid("receipt_id"))] = PlacedEntry(
                index: UInt64(try row.int("index")), digest: try row.digest("digest"), leafHash: try row.digest("leaf_hash"))
        }
        return standing
    }

    func write(_ entries: [PlacedEntry], sealing keyring: LogKeyring, tenant: TenantID, in transaction: PostgresTransaction) async throws {
        let submissions = entries.compactMap { entry in entry.submission.map { (entry.index, $0) } }
        let withDisclosures = submissions.map(\.1).filter { !$0.disclosures.isEmpty }
        let sealed = try withDisclosures.map { try keyring.seal($0.disclosures, tenant: tenant, receipt: $0.receipt) }
        let statements = submissions.map(\.1.statement)
        try await transaction.pipeline([
            (
                Self.insertEntries,
                [
                    .uuid(tenant.rawValue), .intArray(submissions.map { Int64($0.0) }), .uuidArray(submissions.map(\.1.receipt.rawValue)),
                    .textArray(statements.map(\.kind.name)), .textArray(statements.map(\.phase.rawValue)),
                    .textArray(statements.map(\.emitter.service.rawValue)), .textArray(statements.map { $0.run?.description ?? "" }),
                    .textArray(statements.map { $0.step ?? "" }), .textArray(statements.map(\.outcome)), .intArray(statements.map(\.time.micros)),
                    .bytesArray(submissions.map(\.1.digest.bytes)), .bytesArray(submissions.map(\.1.leaf)),
                    .bytesArray(submissions.map(\.1.leafHash.bytes)),
                ]
            ),
            (
                "INSERT INTO envelope (tenant_id, receipt_id, envelope) SELECT $1, * FROM unnest($2::uuid[], $3::bytea[])",
                [.uuid(tenant.rawValue), .uuidArray(submissions.map(\.1.receipt.rawValue)), .bytesArray(submissions.map(\.1.envelope))]
            ),
            (
                "INSERT INTO disclosure (tenant_id, receipt_id, sealed) SELECT $1, * FROM unnest($2::uuid[], $3::bytea[])",
                [.uuid(tenant.rawValue), .uuidArray(withDisclosures.map(\.receipt.rawValue)), .bytesArray(sealed)]
            ),
        ])
    }

    func write(_ tiles: [TileAddress: HashTile], tenant: TenantID, in transaction: PostgresTransaction) async throws {
        try await transaction.pipeline(
            tiles.sorted { ($0.key.level, $0.key.index) < ($1.key.level, $1.key.index) }.map { address, tile in
                (
                    "INSERT INTO tile (tenant_id, level, index, hashes, root) VALUES ($1, $2, $3, $4, $5)",
                    [.uuid(tenant.rawValue), .int(Int64(address.level)), .int(Int64(address.index)), .bytes(tile.bytes), .bytes(tile.root.bytes)]
                )
            })
    }

    func write(size: UInt64, checkpoint: String, at time: Date, tenant: TenantID, in transaction: PostgresTransaction) async throws {
        try await transaction.execute(
            "UPDATE log_head SET size = $2, checkpoint = $3, updated_at = $4 WHERE tenant_id = $1",
            [.uuid(tenant.rawValue), .int(Int64(size)), .text(checkpoint), .timestamp(time)])
    }

    private static let insertEntries = """
        INSERT INTO entry (tenant_id, index, receipt_id, kind, phase, emitter, run_id, step, outcome, time_micros, digest, leaf, leaf_hash)
        SELECT $1, index, receipt_id, kind, phase, emitter, NULLIF(run_id, '')::uuid, step, outcome, time_micros, digest, leaf, leaf_hash
        FROM unnest($2::bigint[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::bigint[],
                    $11::bytea[], $12::bytea[], $13::bytea[])
            AS fresh (index, receipt_id, kind, phase, emitter, run_id, step, outcome, time_micros, digest, leaf, leaf_hash)
        """
}

extension PostgresRow {
    func digest(_ column: String) throws(PostgresError) -> SHA256Digest {
        guard let digest = SHA256Digest(bytes: try bytes(column)) else { throw .unreadableColumn(column, reason: "is no SHA-256 digest") }
        return digest
    }
}
