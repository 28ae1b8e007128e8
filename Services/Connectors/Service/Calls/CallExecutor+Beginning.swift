internal import ConnectorsCore
internal import FoundationEssentials
internal import Identity
internal import JSON
internal import Logging
internal import Postgres
internal import RPC
internal import Receipts
internal import ServiceKit
internal import Trust
internal import Wire
internal import WireRuntime

extension CallExecutor {
    /// Everything that must hold before an intent is signed, then the intent, then the call. Nil where another process was faster.
    func begin(attempt: Int, after stored: StoredCall?) async throws -> StoredCall? {
        // A second attempt stands on the decision of the first, which was about the same request.
        if stored == nil { try await checkDecision() }
        if let violation = entry.operation.input.violations(of: asked.input).first {
            return try await refuse(CallFailure(.invalidInput, violation.text))
        }
        let vendor: VendorCall
        do { vendor = try await self.vendor() } catch let failure as CallFailure { return try await refuse(failure) }
        let reservation: UUID?
        switch try await parts.budget.reserve(identity, attempt: attempt, micros: entry.operation.costMicros, options: options()) {
        case .granted(let id): reservation = id
        case .denied(let reason): return try await refuse(CallFailure(.budgetExhausted, reason))
        }
        guard let intent = try await prepare(attempt: attempt, reservation: reservation, host: vendor.host) else { return nil }
        try await acknowledge(LedgerV1.AppendRequest(receiptID: intent.id.bytes, envelope: intent.envelope, disclosures: intent.disclosures))
        return try await go(vendor)
    }

    /// The intent was signed and the process ended, or the ledger did not answer.
    func resume() async throws -> StoredCall? {
        let leaseEnds = leaseEnds
        let taken = try await change { call in
            guard case .resume = plan(call) else { return false }
            call.record.worker = parts.worker
            call.record.leaseEnds = leaseEnds
            return true
        }
        guard let taken, let receipt = taken.intentReceipt else { return nil }
        let waiting = try await parts.pool.withTenant(tenant) { try await parts.calls.waitingReceipt(receipt, tenant: tenant, in: $0) }
        // What is no longer in the outbox, the ledger has taken.
        if let waiting { try await acknowledge(try LedgerV1.AppendRequest(decodingBytes: waiting)) }
        return try await go(try await vendor())
    }

    private func checkDecision() async throws {
        do throws(RPCError) { try await parts.decisions.check(asked, connector: entry.manifest.name, options: options()) } catch {
            if error.code == .permissionDenied {
                parts.security(
                    "connector.call-without-decision", tenant, context.principal,
                    ["operation": .string(identity.operation), "decision": .string(asked.decisionID.description), "reason": .string(error.reason)])
            }
            throw error
        }
    }

    /// The row and the intent's receipt, in one transaction. Nil where the row is not what the plan was made for.
    private func prepare(attempt: Int, reservation: UUID?, host: String) async throws -> SignedReceipt? {
        let intent = receipts.intent(attempt: attempt, host: host, at: now)
        return try await parts.pool.withTenant(tenant) { tx in
            var call: StoredCall
            if let stored = try await parts.calls.call(identity.key, locking: true, tenant: tenant, in: tx) {
                guard plan(stored) == .begin(attempt: attempt) else { return nil }
                call = stored
                if stored.record.state == .started { try await closeLostAttempt(stored, in: tx) }
            } else {
                call = StoredCall(
                    record: VendorCallRecord(
                        state: .prepared, requestDigest: identity.requestDigest, attempt: attempt, worker: parts.worker, leaseEnds: leaseEnds))
                guard try await parts.calls.insert(call, asked, version: entry.manifest.version, at: now, in: tx) else { return nil }
            }
            let receipt = try await parts.receipts.record(intent, in: tx)
            call.record = VendorCallRecord(
                state: .prepared, requestDigest: identity.requestDigest, attempt: attempt, worker: parts.worker, leaseEnds: leaseEnds)
            call.reservation = reservation
            call.intentReceipt = receipt.id.rawValue
            call.openIntents.append(receipt.paeDigest)
            call.receipts.append(StoredCall.Receipt(id: receipt.id.rawValue, digest: receipt.paeDigest))
            call.failure = nil
            try await parts.calls.update(call, key: identity.key, tenant: tenant, at: now, in: tx)
            return receipt
        }
    }

    /// An attempt that may have reached the vendor and may be repeated: it is charged, since it may have been served.
    private func closeLostAttempt(_ call: StoredCall, in tx: PostgresTransaction) async throws {
        try await parts.budget.settle(
            call.reservation, identity, attempt: call.record.attempt, connector: entry.manifest.name, micros: entry.operation.costMicros, at: now,
            in: tx)
    }

    /// Returns once the log has the intent. If it does not answer, nothing is begun, and the next request goes on from here.
    private func acknowledge(_ request: LedgerV1.AppendRequest) async throws {
        do throws(RPCError) {
            var options = options()
            options.idempotencyKey = ReceiptID(bytes: request.receiptID)?.description
            _ = try await parts.ledger.append(request, options: options)
        } catch {
            let ended = now
            _ = try await change { call in
                guard call.record.state == .prepared, call.record.worker == parts.worker else { return false }
                call.record.leaseEnds = ended
                return true
            }
            parts.logger.warning(
                "intent not acknowledged", metadata: ["operation": "\(identity.operation)", "tenant": "\(tenant)", "reason": "\(error.reason)"])
            throw RPCError(
                .unavailable, reason: "LEDGER_UNAVAILABLE", message: "the intent is not in the log yet: nothing was sent",
                retryAfter: .milliseconds(500))
        }
    }

    /// Ends a call that must not be begun. It can be seen in the log all the same.
    private func refuse(_ failure: CallFailure) async throws -> StoredCall? {
        let draft = receipts.refusal(failure, at: now)
        return try await parts.pool.withTenant(tenant) { tx in
            var call: StoredCall
            if let stored = try await parts.calls.call(identity.key, locking: true, tenant: tenant, in: tx) {
                guard case .begin = plan(stored) else { return nil }
                call = stored
            } else {
                call = StoredCall(
                    record: VendorCallRecord(state: .failed, requestDigest: identity.requestDigest, attempt: 1, worker: parts.worker, leaseEnds: now))
                guard try await parts.calls.insert(call, asked, version: entry.manifest.version, at: now, in: tx) else { return nil }
            }
            let receipt = try await parts.receipts.record(draft, in: tx)
            call.receipts.append(StoredCall.Receipt(id: receipt.id.rawValue, digest: receipt.paeDigest))
            call.record.state = .failed
            call.failure = failure
            try await parts.calls.update(call, key: identity.key, tenant: tenant, at: now, in: tx)
            return call
        }
    }
}
