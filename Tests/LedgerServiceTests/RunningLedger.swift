import FoundationEssentials
import Identity
import JSON
import LedgerCore
import Logging
import Postgres
import RPC
import Receipts
import ServiceKit
import Synchronization
import TestKit
import Testing
import Trust
import Wire

@testable import LedgerService

/// A ledger on a real database, called as the services call it but without a socket.
struct RunningLedger: Sendable {
    static let kek = KeyEncryptionKey(Secret([UInt8](repeating: 7, count: 32)))!

    let database: ServiceDatabase
    let flowKey: ES256PrivateKey
    let connectorKey: ES256PrivateKey
    let ledgerKey: ES256PrivateKey
    let endpoint: LedgerEndpoint
    let reports: Reports

    final class Reports: Sendable {
        private let kinds = Mutex<[String]>([])
        func add(_ kind: String) { kinds.withLock { $0.append(kind) } }
        var all: [String] { kinds.withLock { $0 } }
    }

    /// Runs `body` beside the sequencer.
    static func with<T: Sendable>(_ body: @escaping @Sendable (RunningLedger) async throws -> T) async throws -> T {
        let ledger = try await RunningLedger()
        let value = try await ledger.running { try await body(ledger) }
        await ledger.database.close()
        return value
    }

    init() async throws {
        database = try await ServiceDatabase.make(.ledger, migrations: LedgerMigrations.all)
        (flowKey, connectorKey, ledgerKey) = (try .generate(), try .generate(), try .generate())
        reports = Reports()
        endpoint = Self.endpoint(database, flowKey, connectorKey, ledgerKey, reports)
    }

    /// The same database and keys under another process.
    func restarted() -> LedgerEndpoint { Self.endpoint(database, flowKey, connectorKey, ledgerKey, reports) }

    private static func endpoint(
        _ database: ServiceDatabase, _ flow: ES256PrivateKey, _ connectors: ES256PrivateKey, _ ledger: ES256PrivateKey, _ reports: Reports
    ) -> LedgerEndpoint {
        LedgerEndpoint(
            pool: database.app, system: database.system, signer: ReceiptSigner(service: .ledger, instance: "ledger-1", key: ledger),
            serviceKeys: [.init(service: .flowEngine, key: flow.publicKey), .init(service: .connectors, key: connectors.publicKey)],
            kek: kek, clock: SystemClock(), logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            report: { kind, _, _, _ in reports.add(kind) })
    }

    func running<T: Sendable>(_ endpoint: LedgerEndpoint? = nil, _ body: @escaping @Sendable () async throws -> T) async throws -> T {
        let endpoint = endpoint ?? self.endpoint
        return try await withThrowingTaskGroup(of: T?.self) { group in
            group.addTask {
                await endpoint.run()
                return nil
            }
            group.addTask { try await body() }
            defer { group.cancelAll() }
            while let value = try await group.next() {
                if let value { return value }
            }
            throw CancellationError()
        }
    }

    // MARK: What a service does

    func receipt(
        _ tenant: TenantID, _ kind: ReceiptKind = .stepRun, by service: ServiceName = .flowEngine, run: RunID? = nil, phase: ReceiptPhase = .single,
        causes: [SHA256Digest] = [], subject: ReceiptSubject? = nil, facts: JSONObject = [:], personal: JSONObject = [:], sequence: Int64 = 1,
        previous: SHA256Digest? = nil, instance: String = "1", id: ReceiptID = .make()
    ) throws -> SignedReceipt {
        let key = service == .flowEngine ? flowKey : connectorKey
        return try ReceiptSigner(service: service, instance: instance, key: key).sign(
            ReceiptDraft(
                kind: kind, tenant: tenant, run: run, phase: phase, causes: causes,
                subject: [subject ?? ReceiptSubject("input", SHA256Digest(hashing: id.bytes))], outcome: "ok", facts: facts, personal: personal,
                receiptID: id, position: EmitterPosition(epoch: 0, sequence: sequence, previous: previous)))
    }

    @discardableResult
    func append(
        _ receipt: SignedReceipt, by caller: ServiceName = .flowEngine, to endpoint: LedgerEndpoint? = nil
    ) async throws -> LedgerV1.AppendResponse {
        try await (endpoint ?? self.endpoint).append(
            LedgerV1.AppendRequest(receiptID: receipt.id.bytes, envelope: receipt.envelope, disclosures: receipt.disclosures),
            context: CallContext(caller: caller, tenant: receipt.tenant))
    }

    func context(_ tenant: TenantID) -> CallContext { CallContext(caller: .gateway, tenant: tenant, principal: "ava@acme.example") }

    /// A proof that holds under the tenant's own log key for this receipt.
    func holds(_ answer: LedgerV1.AppendResponse, _ receipt: SignedReceipt) async throws -> Bool {
        let proof = try #require(LogProof(text: String(decoding: answer.proof, as: UTF8.self)))
        let head = try await endpoint.getCheckpoint(.init(), context: context(receipt.tenant))
        let key = try #require(NoteVerifierKey(text: head.verifierKey))
        let envelope = try Envelope(parsing: receipt.envelope)
        let leaf = LeafCommitment(envelope: envelope, statement: try ReceiptStatement(payload: envelope.payload))
        return proof.index == answer.index && proof.includes(entry: leaf.bytes) && proof.checkpoint.isSigned(byLog: key)
            && proof.checkpoint.checkpoint.size == answer.treeSize && answer.leafDigest == MerkleHash.leaf(leaf.bytes).bytes
    }
}
