internal import FlowEngineCore
internal import FoundationEssentials
internal import Identity
internal import JSON
internal import Postgres
internal import Receipts
internal import ServiceKit
internal import Trust
internal import Wire

/// What one advance of a run will write, gathered for one flush at its end.
struct RunWrites {
    let run: RunID
    let tenant: TenantID
    let now: Date
    var statements: [(String, [PostgresValue])] = []
    var news: [PostgresActivityStore.News] = []
    /// Nil where nothing is attested.
    var sequence: ReceiptSequence?
    private var made: [(seq: Int, receipt: RunReceipt)] = []
    private var calls: [OutboxCall] = []
    /// Of receipts that stood before, and of those made here.
    private(set) var digests: [SHA256Digest] = []
    private var byStep: [Int: [SHA256Digest]] = [:]

    init(run: RunID, tenant: TenantID, now: Date) {
        self.run = run
        self.tenant = tenant
        self.now = now
    }

    /// In the order of their bytes: what they are the causes of must not depend on when they came.
    func digests(of seq: Int) -> [SHA256Digest] { (byStep[seq] ?? []).sorted { $0.bytes.lexicographicallyPrecedes($1.bytes) } }

    mutating func know(_ digest: SHA256Digest, of seq: Int?) {
        digests.append(digest)
        if let seq { byStep[seq, default: []].append(digest) }
    }

    mutating func remember(_ receipts: [RunReceipt], seq: Int) {
        for receipt in receipts where !(byStep[seq]?.contains(receipt.digest) ?? false) {
            made.append((seq, receipt))
            know(receipt.digest, of: seq)
        }
    }

    /// - Parameter seq: The step whose receipt it is; nil for one of the run as a whole, which its closing cannot name.
    mutating func sign(_ draft: ReceiptDraft, seq: Int?) throws -> RunReceipt {
        guard let signed = try sequence?.sign(draft) else { preconditionFailure("what is attested was not announced") }
        let receipt = RunReceipt(digest: signed.paeDigest, id: signed.id)
        if let seq { remember([receipt], seq: seq) }
        return receipt
    }

    mutating func tell(_ item: CopilotV1.InboxItem) {
        calls.append(OutboxCall(CopilotV1.Methods.putItem, CopilotV1.PutItemRequest(item: item), id: UUIDv7.make()))
    }

    mutating func send(_ usage: UsageMeter) { if let call = usage.call(at: now) { calls.append(call) } }

    mutating func send(_ settlement: CallSettlement) {
        calls.append(OutboxCall(PolicyV1.Methods.settleDecision, settlement.request(at: now), id: UUIDv7.make()))
    }

    /// The tenant's counter of activity is locked by the last of them.
    func all(_ receipts: ReceiptRecorder) -> [(String, [PostgresValue])] {
        PostgresStepStore.remembering(made, run: run, tenant: tenant) + statements + (sequence.map(receipts.store) ?? [])
            + Outbox.statements(calls, tenant: tenant) + PostgresActivityStore.appending(news, at: now, tenant: tenant)
    }
}
