internal import Identity
internal import LedgerCore
internal import Postgres
internal import Receipts
internal import Trust

/// Reads the tree of one tenant's log: full tiles as they are stored, the tiles at the edge from leaf hashes and from the roots of
/// the tiles below.
struct TileStore: Sendable {
    let tenant: TenantID

    /// Takes up a log for appending.
    func log(size: UInt64, in transaction: PostgresTransaction) async throws -> LogState {
        let origin = LogOrigin.standard(tenant)
        guard size > 0 else { return LogState(origin: origin) }
        let addresses = (0..<LogState.levelCount).map { TileAddress(level: $0, index: size >> UInt64(HashTile.height * ($0 + 1))) }
        let tiles = try await read(addresses.filter { $0.width(in: size) > 0 }, size: size, in: transaction)
        guard let log = LogState(origin: origin, size: size, edgeHashes: addresses.map { tiles[$0]?.hashes ?? [] }) else {
            throw PostgresError.unreadableColumn("log_head.size", reason: "does not agree with the entries and tiles stored")
        }
        return log
    }

    /// The tiles from which the entries' paths follow, in a tree of `size` leaves.
    func tiles(for indices: [UInt64], size: UInt64, in transaction: PostgresTransaction) async throws -> TileSet {
        var set = TileSet(size: size, indices: indices)
        for (address, tile) in try await read(set.needed, size: size, in: transaction) { set.add(tile, at: address) }
        return set
    }

    /// The same for a log whose newest tiles are in memory only.
    func tiles(for indices: [UInt64], of log: LogState, in transaction: PostgresTransaction) async throws -> TileSet {
        var set = TileSet(size: log.size, indices: indices)
        var missing: [TileAddress] = []
        for address in set.needed {
            if let tile = log.tile(at: address) { set.add(tile, at: address) } else { missing.append(address) }
        }
        for (address, tile) in try await read(missing, size: log.size, in: transaction) { set.add(tile, at: address) }
        return set
    }

    private func read(_ addresses: [TileAddress], size: UInt64, in transaction: PostgresTransaction) async throws -> [TileAddress: HashTile] {
        guard !addresses.isEmpty else { return [:] }
        let full = addresses.filter { $0.width(in: size) == TilePath.fullWidth }
        let edges = addresses.filter { $0.width(in: size) < TilePath.fullWidth }
        let results = try await transaction.pipeline([query(full: full)] + edges.map { query(edge: $0, size: size) })
        var tiles: [TileAddress: HashTile] = [:]
        for row in results.first ?? [] {
            tiles[TileAddress(level: Int(try row.int("level")), index: UInt64(try row.int("index")))] = HashTile(bytes: try row.bytes("hashes"))
        }
        for (address, rows) in zip(edges, results.dropFirst()) { tiles[address] = HashTile(try rows.map { try $0.digest("hash") }) }
        return tiles
    }

    private func query(full addresses: [TileAddress]) -> (String, [PostgresValue]) {
        (
            """
            SELECT t.level, t.index, t.hashes FROM tile t
            JOIN unnest($2::int[], $3::bigint[]) AS wanted (level, index) ON t.level = wanted.level AND t.index = wanted.index
            WHERE t.tenant_id = $1
            """,
            [.uuid(tenant.rawValue), .intArray(addresses.map { Int64($0.level) }), .intArray(addresses.map { Int64($0.index) })]
        )
    }

    private func query(edge address: TileAddress, size: UInt64) -> (String, [PostgresValue]) {
        let first = Int64(address.index << UInt64(HashTile.height))
        let bounds: [PostgresValue] = [.uuid(tenant.rawValue), .int(first), .int(first + Int64(address.width(in: size)))]
        if address.level == 0 {
            return ("SELECT leaf_hash AS hash FROM entry WHERE tenant_id = $1 AND index >= $2 AND index < $3 ORDER BY index", bounds)
        }
        return (
            "SELECT root AS hash FROM tile WHERE tenant_id = $1 AND level = $4 AND index >= $2 AND index < $3 ORDER BY index",
            bounds + [.int(Int64(address.level - 1))]
        )
    }
}
