internal import Identity
public import Postgres
internal import RPC
public import Receipts
internal import Trust

/// Receipts of one tenant within one transaction, numbered and signed as they come. The row that numbers them is locked from the beginning
/// (``ReceiptRecorder/lock(_:)``); they stand once ``ReceiptRecorder/store(_:)`` and the calls to the ledger are written.
public struct ReceiptSequence: Sendable {
    let tenant: TenantID
    let epoch: Int64
    private let signer: ReceiptSigner
    private(set) var number: Int64
    private(set) var previous: SHA256Digest?
    public private(set) var receipts: [SignedReceipt] = []

    init(_ row: PostgresRow, tenant: TenantID, signer: ReceiptSigner) throws {
        self.tenant = tenant
        self.signer = signer
        epoch = try row.int("epoch")
        number = try row.int("seq")
        previous = try row.optionalBytes("prev").flatMap { SHA256Digest(bytes: $0) }
    }

    /// The draft's position is assigned here.
    public mutating func sign(_ draft: ReceiptDraft) throws -> SignedReceipt {
        precondition(draft.tenant == tenant, "a sequence is of one tenant")
        var draft = draft
        number += 1
        draft.position = EmitterPosition(epoch: epoch, sequence: number, previous: previous)
        draft.trace = draft.trace ?? RequestContext.current?.trace.traceIDText
        let receipt = try signer.sign(draft)
        previous = receipt.paeDigest
        receipts.append(receipt)
        return receipt
    }
}
