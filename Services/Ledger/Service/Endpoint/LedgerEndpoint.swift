internal import FoundationEssentials
package import Identity
package import JSON
internal import LedgerCore
package import Logging
package import Postgres
package import RPC
package import Receipts
package import ServiceKit
package import Trust
package import Wire

/// Answers the methods of `provable.ledger.v1.Ledger`.
package struct LedgerEndpoint: LedgerV1.LedgerHandler {
    /// Reports a refusal to the security log: kind, tenant, principal, detail.
    package typealias Report = @Sendable (String, TenantID?, String?, JSONObject) -> Void

    let pool: PostgresPool
    let clock: any WallClock
    let serviceKeys: [TrustAnchors.ServiceKey]
    /// Of the ledger itself, which signs the registrations of keys.
    let ownKeyID: String
    let check: SubmissionCheck
    let keyring: LogKeyring
    let sequencer: Sequencer
    let report: Report
    let receipts = ReceiptStore()
    let security = SecurityEventStore()

    /// - Parameters:
    ///   - serviceKeys: Whose receipts are taken; the signer's own is added.
    ///   - kek: Wraps what is secret at rest.
    package init(
        pool: PostgresPool, system: PostgresPool, signer: ReceiptSigner, serviceKeys: [TrustAnchors.ServiceKey], kek: KeyEncryptionKey,
        clock: any WallClock, logger: Logger, report: @escaping Report
    ) {
        let own = TrustAnchors.ServiceKey(service: signer.service, key: signer.publicKey)
        let keys = serviceKeys.contains(own) ? serviceKeys : serviceKeys + [own]
        self.pool = pool
        self.clock = clock
        self.report = report
        self.serviceKeys = keys
        ownKeyID = signer.publicKey.keyID
        check = SubmissionCheck(anchors: TrustAnchors(services: keys, logs: []))
        keyring = LogKeyring(system: system, kek: kek)
        let registrar = KeyRegistrar(registration: KeyRegistration(signer: signer), keys: keys, check: check)
        sequencer = Sequencer(
            writer: BatchWriter(system: system, keyring: keyring, registrar: registrar, clock: clock, logger: logger), logger: logger)
    }

    /// Settings: `kek_file`, 32 bytes in hexadecimal; `emitter_keys`, a folder of `<service>.pub`.
    package init(kit: ServiceContext) throws {
        let settings = kit.config.settings
        let security = kit.security
        self.init(
            pool: kit.postgres, system: kit.systemPostgres, signer: kit.signer,
            serviceKeys: try EmitterKeys.load(from: try settings.string("emitter_keys")),
            kek: try settings.keyEncryptionKey("kek_file"), clock: kit.clock, logger: kit.logger,
            report: { security.report($0, tenant: $1, principal: $2, detail: $3) })
        // What the ledger itself refuses is stored here, and not sent to itself over the mesh.
        let (store, pool) = (self.security, pool)
        security.store { event in try await store.insert(event, reporter: .ledger, pool: pool) }
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
            note(error, receipt, tenant, context)
            throw RPCError(error)
        }
        let place = try await place(submission, context)
        return LedgerV1.AppendResponse(
            index: place.index, treeSize: place.treeSize, proof: Array(place.proof.utf8), leafDigest: place.leafHash, replayed: place.isReplay)
    }
}

extension LedgerEndpoint {
    private func place(_ submission: Submission, _ context: CallContext) async throws -> Acknowledgement {
        do {
            return try await sequencer.append(submission)
        } catch let error as RPCError where error.code == .alreadyExists {
            // Two receipts with one id are evidence against whoever signed them.
            report(
                "receipt.conflict", submission.tenant, context.principal,
                [
                    "caller": .string(context.caller.rawValue), "receipt_id": .string(submission.receipt.description),
                    "digest": .string(submission.digest.hex),
                ])
            throw error
        }
    }

    /// A malformed receipt is a fault; one that speaks for another is an attempt.
    private func note(_ error: SubmissionError, _ receipt: ReceiptID, _ tenant: TenantID, _ context: CallContext) {
        let reason: String
        switch error {
        case .malformed: return
        case .mismatch(_, let why): reason = why
        case .badSignature(let keyID): reason = "no registered key of this service made the signature; it names \(keyID)"
        }
        report(
            "receipt.refused", tenant, context.principal,
            ["caller": .string(context.caller.rawValue), "receipt_id": .string(receipt.description), "reason": .string(reason)])
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

    static func notFound(_ what: String) -> RPCError { RPCError(.notFound, reason: "NOT_FOUND", message: "there is no \(what) in this tenant") }
}
