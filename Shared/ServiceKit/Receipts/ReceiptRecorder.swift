internal import FoundationEssentials
public import Identity
public import Postgres
package import RPC
public import Receipts
internal import Trust
internal import Wire
internal import WireRuntime

/// Gives a receipt its place in this instance's sequence, signs it and puts it in the outbox, all in the transaction of the change
/// that it attests.
public struct ReceiptRecorder: Sendable {
    /// Locks the row, so that two transactions of one tenant number their receipts one after the other.
    private static let lockPosition = """
        INSERT INTO emitter (tenant_id, instance) VALUES ($1, $2)
        ON CONFLICT (tenant_id, instance) DO UPDATE SET seq = emitter.seq
        RETURNING epoch, seq, prev
        """
    private static let advance = "UPDATE emitter SET seq = $3, prev = $4 WHERE tenant_id = $1 AND instance = $2"

    private let signer: ReceiptSigner
    private let outbox: Outbox
    private let pool: PostgresPool
    private let ledger: @Sendable () -> any RPCChannel
    private let acknowledged: @Sendable (SignedReceipt) async -> Void

    package init(
        signer: ReceiptSigner, outbox: Outbox, pool: PostgresPool, ledger: @escaping @Sendable () -> any RPCChannel,
        acknowledged: @escaping @Sendable (SignedReceipt) async -> Void
    ) {
        self.signer = signer
        self.outbox = outbox
        self.pool = pool
        self.ledger = ledger
        self.acknowledged = acknowledged
    }

    /// The ledger gets it soon after `tx` has committed. The draft's position is assigned here.
    @discardableResult
    public func record(_ draft: ReceiptDraft, in tx: PostgresTransaction) async throws -> SignedReceipt {
        guard let receipt = try await record([draft], in: tx).first else { preconditionFailure("one draft gives one receipt") }
        return receipt
    }

    /// Several receipts of one tenant, numbered in their order, with two flushes for all of them.
    public func record(_ drafts: [ReceiptDraft], in tx: PostgresTransaction) async throws -> [SignedReceipt] {
        guard let tenant = drafts.first?.tenant else { return [] }
        var sequence = try begin(try await tx.query(Self.lockPosition, key(tenant)), tenant: tenant)
        for draft in drafts { _ = try sequence.sign(draft) }
        try await tx.pipeline(store(sequence))
        outbox.notify(after: tx)
        return sequence.receipts
    }

    // MARK: For a transaction that writes everything at once

    /// Gives the row that ``begin(_:tenant:)`` begins with. To be read after whatever else the transaction locks.
    public func lock(_ tenant: TenantID) -> (String, [PostgresValue]) { (Self.lockPosition, key(tenant)) }

    public func begin(_ rows: [PostgresRow], tenant: TenantID) throws -> ReceiptSequence {
        guard let row = rows.first else { throw PostgresError.unreadableColumn("seq", reason: "the emitter's row was not returned") }
        return try ReceiptSequence(row, tenant: tenant, signer: signer)
    }

    /// Keeps the sequence, and sends its receipts to the ledger.
    public func store(_ sequence: ReceiptSequence) -> [(String, [PostgresValue])] {
        let position: (String, [PostgresValue]) = (
            Self.advance, key(sequence.tenant) + [.int(sequence.number), .optional(sequence.previous?.bytes)]
        )
        return [position] + Outbox.statements(sequence.receipts.map(Self.call), tenant: sequence.tenant)
    }

    private func key(_ tenant: TenantID) -> [PostgresValue] { [.uuid(tenant.rawValue), .text(signer.instance)] }

    private static func call(_ receipt: SignedReceipt) -> OutboxCall {
        OutboxCall(LedgerV1.Methods.append, request(receipt), id: receipt.id.rawValue)
    }

    /// In a transaction of its own, and returns once the log has taken it: for intents, before an outside effect.
    ///
    /// - Parameter change: Runs in the same transaction, before the receipt is numbered.
    /// - Throws: Where the log did not answer; the receipt is then delivered later, and the effect must not be begun.
    public func recordAcknowledged(
        _ draft: ReceiptDraft, timeout: Duration = .seconds(5), change: @Sendable (PostgresTransaction) async throws -> Void = { _ in }
    ) async throws -> LoggedReceipt {
        let receipt = try await pool.withTenant(draft.tenant) { tx in
            try await change(tx)
            return try await record(draft, in: tx)
        }
        let options = CallOptions(
            tenant: receipt.tenant, principal: RequestContext.current?.principal, timeout: timeout,
            idempotencyKey: receipt.id.description, trace: RequestContext.current?.trace.child())
        let answer = try await LedgerV1.LedgerClient(channel: ledger()).append(Self.request(receipt), options: options)
        await acknowledged(receipt)
        return LoggedReceipt(receipt: receipt, index: answer.index, treeSize: answer.treeSize, proof: answer.proof)
    }

    private static func request(_ receipt: SignedReceipt) -> LedgerV1.AppendRequest {
        LedgerV1.AppendRequest(receiptID: receipt.id.bytes, envelope: receipt.envelope, disclosures: receipt.disclosures)
    }
}
