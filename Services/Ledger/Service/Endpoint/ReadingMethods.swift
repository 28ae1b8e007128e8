internal import FoundationEssentials
internal import Identity
internal import JSON
internal import LedgerCore
internal import Postgres
package import RPC
internal import Receipts
internal import ServiceKit
internal import Trust
package import Wire

extension LedgerEndpoint {
    private static let pageLimit = 200

    package func getReceipt(_ request: LedgerV1.GetReceiptRequest, context: CallContext) async throws -> LedgerV1.GetReceiptResponse {
        let tenant = try context.requireTenant()
        guard let id = ReceiptID(bytes: request.receiptID) else {
            throw RPCError.invalid("receipt_id", "is not an id", fix: "send the 16 bytes of the UUID")
        }
        return try await pool.withTenant(tenant) { transaction in
            guard let head = try await receipts.head(tenant, in: transaction),
                let record = try await receipts.receipt(id, tenant: tenant, in: transaction)
            else { throw RPCError.notFound("receipt \(id)") }
            let tiles = try await TileStore(tenant: tenant).tiles(for: [record.index], size: head.size, in: transaction)
            let proof = try proof(of: record.index, tiles, head)
            return LedgerV1.GetReceiptResponse(receipt: try wire(record, tenant: tenant, isFull: true), proof: Array(proof.text.utf8))
        }
    }

    package func listReceipts(_ request: LedgerV1.ListReceiptsRequest, context: CallContext) async throws -> LedgerV1.ListReceiptsResponse {
        let tenant = try context.requireTenant()
        let page = request.page ?? CommonV1.Page()
        let limit = page.limit == 0 ? 50 : min(Int(page.limit), Self.pageLimit)
        guard let before = page.cursor.isEmpty ? UInt64(Int64.max) : UInt64(String(decoding: page.cursor, as: UTF8.self)) else {
            throw RPCError.invalid("page.cursor", "is not one of ours", fix: "send next_cursor as it came, or leave it out")
        }
        let run = try Self.optionalRun(request.runID)
        return try await pool.withTenant(tenant) { transaction in
            let records = try await receipts.page(before: before, run: run, kind: request.kind, limit: limit, tenant: tenant, in: transaction)
            let next = records.count == limit ? records.last.map { Array(String($0.index).utf8) } : nil
            return LedgerV1.ListReceiptsResponse(
                receipts: try records.map { try wire($0, tenant: tenant, isFull: false) }, nextCursor: next ?? [])
        }
    }

    package func exportBundle(_ request: LedgerV1.ExportBundleRequest, context: CallContext) async throws -> LedgerV1.ExportBundleResponse {
        let tenant = try context.requireTenant()
        guard let run = try Self.optionalRun(request.runID) else { throw RPCError.invalid("run_id", "is missing", fix: "name the run") }
        return try await pool.withTenant(tenant) { transaction in
            guard let head = try await receipts.head(tenant, in: transaction) else { throw RPCError.notFound("receipt of run \(run)") }
            let ofRun = try await receipts.receipts(ofRun: run, tenant: tenant, in: transaction)
            guard !ofRun.isEmpty else { throw RPCError.notFound("receipt of run \(run)") }
            // The receipts that registered the signing keys stand in the bundle too, so that the log itself says whose they are.
            let signing = Set(ofRun.compactMap { LeafCommitment(bytes: $0.leaf)?.signature.keyID } + [ownKeyID])
            let keys = try await receipts.registrations(of: signing.sorted(), tenant: tenant, in: transaction)
            let tiles = try await TileStore(tenant: tenant).tiles(for: (keys + ofRun).map(\.index), size: head.size, in: transaction)
            let items = try ofRun.map { try item($0, tenant, tiles, head) }
            let pending = Self.pendingCount(items)
            let bundle = RunBundle(
                origin: LogOrigin.standard(tenant), run: run, exportedAt: ReceiptTime(clock.now), items: items,
                registrations: try keys.map { try item($0, tenant, tiles, head) },
                keys: TrustAnchors(services: serviceKeys, logs: [head.verifierKey]), pendingCount: pending)
            return LedgerV1.ExportBundleResponse(bundle: try bundle.encoded(), pending: UInt32(clamping: pending))
        }
    }

    package func getCheckpoint(_ request: LedgerV1.GetCheckpointRequest, context: CallContext) async throws -> LedgerV1.GetCheckpointResponse {
        let head = try await head(of: try context.requireTenant())
        return LedgerV1.GetCheckpointResponse(
            checkpoint: Array(head.checkpoint.note.utf8), treeSize: head.size, root: head.checkpoint.checkpoint.root.bytes,
            verifierKey: head.verifierKey.text)
    }

    package func getTrust(_ request: LedgerV1.GetTrustRequest, context: CallContext) async throws -> LedgerV1.GetTrustResponse {
        let head = try await head(of: try context.requireTenant())
        let anchors = TrustAnchors(services: serviceKeys, logs: [head.verifierKey])
        return LedgerV1.GetTrustResponse(trustJSON: try anchors.json().encoded())
    }

    private func item(_ record: ReceiptStore.Record, _ tenant: TenantID, _ tiles: TileSet, _ head: ReceiptStore.Head) throws -> RunBundle.Item {
        RunBundle.Item(
            envelope: try record.envelope.map { try Envelope(parsing: $0) }, leaf: record.leaf,
            disclosures: try disclosures(of: record, tenant: tenant), proof: try proof(of: record.index, tiles, head))
    }

    private func proof(of index: UInt64, _ tiles: TileSet, _ head: ReceiptStore.Head) throws -> LogProof {
        guard let path = tiles.inclusionPath(of: index) else {
            throw RPCError(.dataLoss, reason: "LOG_INCONSISTENT", message: "the log has a hole at index \(index); run fsck")
        }
        return LogProof(index: index, path: path, checkpoint: head.checkpoint)
    }

    private func head(of tenant: TenantID) async throws -> ReceiptStore.Head {
        let head = try await pool.withTenant(tenant) { transaction in try await receipts.head(tenant, in: transaction) }
        guard let head else { throw RPCError.notFound("log") }
        return head
    }

    /// Members of the run's closed set that are not in the log yet.
    private static func pendingCount(_ items: [RunBundle.Item]) -> Int {
        let logged = Set(items.compactMap(\.envelope?.digest))
        let claimed = items.compactMap(\.envelope)
            .compactMap { try? ReceiptStatement(payload: $0.payload) }
            .last { $0.kind == .runClose }
            .flatMap { ClaimedRunSet(facts: $0.facts)?.members }
        return (claimed ?? []).count { !logged.contains($0) }
    }

    private static func optionalRun(_ bytes: [UInt8]) throws(RPCError) -> RunID? {
        if bytes.isEmpty { return nil }
        guard let run = RunID(bytes: bytes) else { throw .invalid("run_id", "is not a run's id", fix: "send the 16 bytes of the UUID") }
        return run
    }
}

// MARK: Wire values

extension LedgerEndpoint {
    private func disclosures(of record: ReceiptStore.Record, tenant: TenantID) throws -> [String] {
        guard let sealed = record.sealedDisclosures else { return [] }
        return try keyring.open(sealed, tenant: tenant, receipt: record.receipt)
    }

    private func wire(_ record: ReceiptStore.Record, tenant: TenantID, isFull: Bool) throws -> LedgerV1.ReceiptRecord {
        var wire = LedgerV1.ReceiptRecord()
        wire.receiptID = record.receipt.bytes
        wire.index = record.index
        wire.kind = record.kind
        wire.phase = record.phase
        wire.emitter = record.emitter
        wire.runID = record.run?.bytes ?? []
        wire.step = record.step
        wire.outcome = record.outcome
        wire.timeMicros = record.timeMicros
        wire.digest = record.digest.bytes
        wire.causes = try Self.causes(of: record)
        guard isFull else { return wire }
        wire.envelope = record.envelope ?? []
        wire.leaf = record.leaf
        wire.disclosures = try disclosures(of: record, tenant: tenant).map { Array($0.utf8) }
        return wire
    }

    private static func causes(of record: ReceiptStore.Record) throws -> [[UInt8]] {
        guard let bytes = record.envelope else { return [] }
        return try ReceiptStatement(payload: try Envelope(parsing: bytes).payload).causes.map(\.bytes)
    }
}
