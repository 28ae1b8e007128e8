internal import Identity
internal import LedgerCore
internal import Postgres
internal import Receipts
internal import Trust

/// Makes inclusion paths in one tree of a tenant, from its edge and from the full tiles in the database.
struct ProofReader: Sendable {
    let tenant: TenantID
    let edge: LogFrontier

    func path(of index: UInt64, in transaction: PostgresTransaction) async throws -> [SHA256Digest] {
        guard let plan = MerkleProofPlan.inclusion(of: index, in: edge.size) else { throw PostgresError.serialization }
        let missing = Set(plan.nodes.filter { edge.hash(of: $0) == nil }.map { TileAddress(covering: $0) })
        let tiles = try await tiles(missing, in: transaction)
        return try plan.proof { node in
            guard let hash = edge.hash(of: node) ?? tiles[TileAddress(covering: node)]?.hash(of: node) else { throw UnknownNode(node: node) }
            return hash
        }
    }

    private func tiles(_ addresses: Set<TileAddress>, in transaction: PostgresTransaction) async throws -> [TileAddress: HashTile] {
        guard !addresses.isEmpty else { return [:] }
        let ordered = addresses.sorted { ($0.level, $0.index) < ($1.level, $1.index) }
        let rows = try await transaction.query(
            """
            SELECT t.level, t.index, t.hashes FROM tile t
            JOIN unnest($2::bigint[], $3::bigint[]) AS wanted (level, index) ON t.level = wanted.level AND t.index = wanted.index
            WHERE t.tenant_id = $1
            """,
            [.uuid(tenant.rawValue), .intArray(ordered.map { Int64($0.level) }), .intArray(ordered.map { Int64($0.index) })])
        var tiles: [TileAddress: HashTile] = [:]
        for row in rows {
            let address = TileAddress(level: Int(try row.int("level")), index: UInt64(try row.int("index")))
            tiles[address] = HashTile(bytes: try row.bytes("hashes"))
        }
        return tiles
    }
}
