internal import FoundationEssentials
internal import Identity
internal import LedgerCore
internal import Logging
internal import Postgres
package import RPC
internal import Receipts
package import ServiceKit
internal import Trust
package import Wire

/// Answers the methods of `provable.ledger.v1.Ledger`.
package struct LedgerEndpoint: LedgerV1.LedgerHandler {
    let pool: PostgresPool
    let clock: any WallClock
    let serviceKeys: [TrustAnchors.ServiceKey]
    let check: SubmissionCheck
    let keyring: LogKeyring
    let sequencer: Sequencer
    let receipts = ReceiptStore()
    let security = SecurityEventStore()

    /// Settings: `kek_file`, 32 bytes in hexadecimal; `emitter_keys`, a folder of `<service>.pub`.
    package init(kit: ServiceContext) throws {
        pool = kit.postgres
        clock = kit.clock
        serviceKeys = try EmitterKeys.load(from: try kit.config.settings.string("emitter_keys"))
        check = SubmissionCheck(anchors: TrustAnchors(services: serviceKeys, logs: []))
        keyring = LogKeyring(system: kit.systemPostgres, kek: try KeyEncryptionKey.load(from: try kit.config.settings.string("kek_file")))
        sequencer = Sequencer(
            writer: BatchWriter(system: kit.systemPostgres, keyring: keyring, clock: kit.clock), logger: kit.logger)
    }

    /// The sequencer's loop, for as long as the service runs.
    package func run() async { await sequencer.run() }
}

// MARK: Append

extension LedgerEndpoint {
    package func append(_ request: LedgerV1.AppendRequest, context: CallContext) async throws -> LedgerV1.AppendResponse {
        let tenant = try context.requireTenant()
        guard let receipt = ReceiptID(bytes: request.receiptID) else {
            throw RPCError.invalid("receipt_id", "is not an id", fix: "send the 16 bytes of the UUID")
        }
        let submission: Submission
        do {
            submission = try check.submission(
                envelope: request.envelope, disclosures: request.disclosures, receipt: receipt, tenant: tenant, caller: context.caller)
        } catch {
            throw RPCError(error)
        }
        let place = try await sequencer.append(submission)
        return LedgerV1.AppendResponse(
            index: place.index, treeSize: place.treeSize, proof: Array(place.proof.utf8), leafDigest: place.leafHash, replayed: place.isReplay)
    }
}

extension RPCError {
    init(_ error: SubmissionError) {
        switch error {
        case .malformed(let field, let reason):
            self.init(.invalidArgument, reason: "RECEIPT_MALFORMED", message: "\(field): \(reason)", details: ["field": field])
        case .mismatch(let field, let reason):
            self.init(.permissionDenied, reason: "RECEIPT_MISMATCH", message: "\(field): \(reason)", details: ["field": field])
        case .badSignature(let keyID):
            self.init(
                .permissionDenied, reason: "RECEIPT_SIGNATURE", message: "no registered key of this service made the signature",
                details: ["keyid": keyID])
        }
    }

    /// Input that the caller must mend: names the field and the fix.
    static func invalid(_ field: String, _ message: String, fix: String) -> RPCError {
        RPCError(.invalidArgument, reason: "INVALID_FIELD", message: "\(field) \(message)", details: ["field": field, "fix": fix])
    }

    static func notFound(_ what: String) -> RPCError { RPCError(.notFound, reason: "NOT_FOUND", message: "there is no \(what) in this tenant") }
}
