package import Identity
internal import LedgerCore
package import Logging
package import Postgres
package import Receipts
internal import ServiceKit
package import Trust

/// `fsck`: re-hashes every stored byte of every log, not only its root, and verifies every signature. Reads in pages, so that a log
/// may be larger than memory; what is appended meanwhile is left to the next run.
package struct LogAudit: Sendable {
    private static let pageSize: Int64 = 2_000

    private let system: PostgresPool
    private let keys: TrustAnchors
    private let keyring: LogKeyring

    package init(system: PostgresPool, serviceKeys: [TrustAnchors.ServiceKey], kek: KeyEncryptionKey) {
        self.system = system
        keys = TrustAnchors(services: serviceKeys, logs: [])
        keyring = LogKeyring(system: system, kek: kek)
    }

    package func tenants() async throws -> [TenantID] {
        let rows = try await system.withTransaction { try await $0.query("SELECT tenant_id FROM log_head ORDER BY tenant_id") }
        return try rows.map { TenantID(rawValue: try $0.uuid("tenant_id")) }
    }

    package func check(_ tenant: TenantID) async throws -> AuditReport {
        var report = AuditReport(tenant: tenant)
        guard let head = try await head(tenant) else { return report }
        var log = LogRehash(origin: LogOrigin.standard(tenant))
        while log.size < head.size {
            let rows = try await page(tenant, from: log.size)
            guard !rows.isEmpty else {
                report.add("the head says \(head.size) entries and \(log.size) are stored")
                return report
            }
            try await check(rows, size: head.size, &log, tenant, &report)
        }
        try await checkTileCount(tenant, size: head.size, &report)
        if let problem = Self.problem(in: head, log) { report.add(problem) }
        return report
    }

    private struct Head: Sendable {
        let size: UInt64
        let checkpoint: String
        let verifierKey: String
    }

    private func head(_ tenant: TenantID) async throws -> Head? {
        let rows = try await system.withTransaction { transaction in
            try await transaction.query(
                """
                SELECT h.size, h.checkpoint, k.verifier_key FROM log_head h JOIN log_key k ON k.tenant_id = h.tenant_id
                WHERE h.tenant_id = $1 AND h.size > 0
                """, [.uuid(tenant.rawValue)])
        }
        return try rows.first.map {
            Head(size: UInt64(try $0.int("size")), checkpoint: try $0.text("checkpoint"), verifierKey: try $0.text("verifier_key"))
        }
    }

    private func page(_ tenant: TenantID, from index: UInt64) async throws -> [PostgresRow] {
        try await system.withTransaction {
            try await $0.query(EntryAudit.columns, [.uuid(tenant.rawValue), .int(Int64(index)), .int(Self.pageSize)])
        }
    }

    private func check(
        _ rows: [PostgresRow], size: UInt64, _ log: inout LogRehash, _ tenant: TenantID, _ report: inout AuditReport
    ) async throws {
        let audit = EntryAudit(tenant: tenant, keys: keys, keyring: keyring)
        for row in rows where log.size < size {
            guard try row.int("index") == Int64(log.size) else {
                report.add("index \(log.size): is missing")
                // Nothing after a hole can be placed; the sizes differ and say so.
                return skip(to: size, &log)
            }
            let hash = log.append(try row.bytes("leaf"))
            report.entries += 1
            if try row.optionalBytes("sealed") != nil { report.disclosures += 1 }
            try audit.check(row, leafHash: hash, &report)
        }
        try await checkTiles(log.takeTiles(), tenant, &report)
    }

    private func skip(to size: UInt64, _ log: inout LogRehash) {
        while log.size < size { _ = log.append([]) }
    }

    private func checkTiles(
        _ expected: [TileAddress: (tile: HashTile, root: SHA256Digest)], _ tenant: TenantID, _ report: inout AuditReport
    ) async throws {
        guard !expected.isEmpty else { return }
        let addresses = expected.keys.sorted()
        let rows = try await system.withTransaction { transaction in
            try await transaction.query(
                """
                SELECT t.level, t.index, t.hashes, t.root FROM tile t
                JOIN unnest($2::int[], $3::bigint[]) AS wanted (level, index) ON t.level = wanted.level AND t.index = wanted.index
                WHERE t.tenant_id = $1
                """,
                [.uuid(tenant.rawValue), .intArray(addresses.map { Int64($0.level) }), .intArray(addresses.map { Int64($0.index) })])
        }
        var stored: [TileAddress: PostgresRow] = [:]
        for row in rows { stored[TileAddress(level: Int(try row.int("level")), index: UInt64(try row.int("index")))] = row }
        for address in addresses {
            guard let row = stored[address], let (tile, root) = expected[address] else {
                report.add("tile \(address.level)/\(address.index): is missing")
                continue
            }
            report.tiles += 1
            if try row.bytes("hashes") != tile.bytes || row.digest("root") != root {
                report.add("tile \(address.level)/\(address.index): is not what the entries hash to")
            }
        }
    }

    private func checkTileCount(_ tenant: TenantID, size: UInt64, _ report: inout AuditReport) async throws {
        let rows = try await system.withTransaction {
            try await $0.query("SELECT count(*) AS n FROM tile WHERE tenant_id = $1", [.uuid(tenant.rawValue)])
        }
        let expected = (1...LogState.levelCount).reduce(UInt64(0)) { $0 + size >> UInt64(HashTile.height * $1) }
        // A full tile that was appended during this run is no fault.
        if let stored = try rows.first?.int("n"), UInt64(stored) < expected { report.add("\(expected) full tiles are due and \(stored) are stored") }
    }

    private static func problem(in head: Head, _ log: LogRehash) -> String? {
        guard let key = NoteVerifierKey(text: head.verifierKey), let signed = SignedCheckpoint(head.checkpoint) else {
            return "the checkpoint or the log's key cannot be read"
        }
        guard signed.checkpoint == log.checkpoint else {
            return "the checkpoint says root \(signed.checkpoint.root) of size \(signed.checkpoint.size); the entries hash to \(log.checkpoint.root)"
        }
        return signed.isSigned(byLog: key) ? nil : "the checkpoint's signature is not the log's"
    }
}
