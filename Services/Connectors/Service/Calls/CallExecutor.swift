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

/// Does one call with everything that belongs to it: decision, budget, intent, vendor, result. Each step is stored before the next, so
/// that whoever takes over after a crash knows what may have happened.
struct CallExecutor: Sendable {
    /// Plans that may follow on each other for one request: take over, look, begin again.
    private static let plansMax = 4
    /// Kept free at the end of a caller's deadline for storing what came of the call.
    static let epilogue = Duration.seconds(1)
    /// A lease outlives the call by this much.
    static let leaseMargin: Double = 10

    let parts: ConnectorsEndpoint.Parts
    let asked: AskedCall
    let entry: ConnectorRegistry.Entry
    let context: CallContext

    var identity: CallIdentity { asked.identity }
    var tenant: TenantID { identity.tenant }
    var strategy: IdempotencyStrategy { entry.operation.idempotency }
    var receipts: CallReceipts { CallReceipts(identity: identity, input: asked.input, entry: entry, decision: asked.decisionReceipt) }
    var now: Date { parts.clock.now }
    var leaseEnds: Date { now.addingTimeInterval(entry.operation.timeout / .seconds(1) + Self.leaseMargin) }

    func run() async throws -> StoredCall {
        for _ in 0..<Self.plansMax {
            let stored = try await parts.pool.withTenant(tenant) { try await parts.calls.call(identity.key, locking: false, tenant: tenant, in: $0) }
            let step: StoredCall?
            switch plan(stored) {
            case .answer:
                guard let stored else { continue }
                return stored
            case .begin(let attempt): step = try await begin(attempt: attempt, after: stored)
            case .resume: step = try await resume()
            case .readBack: step = try await takeOver()
            case .giveUp: step = try await finish(.mayHaveRun, Self.lost, nil)
            case .busy(let pause):
                throw RPCError(.aborted, reason: "CALL_IN_PROGRESS", message: "this call is being made", retryAfter: pause)
            case .conflict:
                throw RPCError(
                    .alreadyExists, reason: "IDEMPOTENCY_KEY_REUSED", message: "the idempotency key belongs to another call",
                    details: ["field": "idempotency_key", "fix": "send a key of its own for each call"])
            }
            if let step { return step }
        }
        throw RPCError(.aborted, reason: "CALL_IN_PROGRESS", message: "this call changed while it was looked at", retryAfter: .milliseconds(200))
    }

    func plan(_ stored: StoredCall?) -> CallPlan {
        CallPlan.make(stored?.record, request: identity.requestDigest, strategy: strategy, worker: parts.worker, now: now)
    }

    /// Towards other services, within the caller's deadline.
    func options(_ timeout: Duration = .seconds(5)) -> CallOptions {
        CallOptions(tenant: tenant, principal: context.principal, timeout: timeout, deadline: context.deadline, trace: context.trace.child())
    }

    /// How long the vendor may take.
    var vendorTimeout: Duration {
        let left = ContinuousClock.now.duration(to: context.deadline) - Self.epilogue
        return max(.milliseconds(100), min(entry.operation.timeout, left))
    }

    /// What is left of the caller's patience after the vendor.
    var patience: Duration { max(.zero, ContinuousClock.now.duration(to: context.deadline) - Self.epilogue) }

    private static let lost = CallOutcome.unknown(
        CallFailure(
            .vendorError, "the connection to the vendor was lost in the middle of the call, and the vendor cannot be asked whether it took place"))

    // MARK: After a crash

    /// Another process, or an earlier life of this one, left the call in the middle.
    private func takeOver() async throws -> StoredCall? {
        let isMine = try await change { call in
            guard case .readBack = plan(call) else { return false }
            call.record.worker = parts.worker
            call.record.leaseEnds = leaseEnds
            return true
        }
        guard isMine != nil else { return nil }
        let vendor = try await vendor()
        let sent = isMine?.lastSent ?? now
        switch await vendor.readBack(firstSent: isMine?.firstSent ?? now, sent: sent, patience: patience) {
        case .found(let output):
            var performance = OperationRunner.Performance(.succeeded(output: output))
            performance.isReadBack = true
            return try await finish(.succeeded, .succeeded(output: output), performance)
        case .absent(isCertain: true):
            try await markUndone()
            return nil
        case .absent(isCertain: false):
            let doubt = CallFailure(.vendorError, "the call was interrupted, and its effect was not found at the vendor's but may still appear")
            return try await finish(.mayHaveRun, .unknown(doubt), nil)
        case .failed(let failure):
            let doubt = CallFailure(
                failure.errorClass, "the call was interrupted, and the vendor could not be asked whether it took place: \(failure.message)")
            return try await finish(.mayHaveRun, .unknown(doubt), nil)
        }
    }

    /// It certainly did not take place: the next attempt may begin.
    private func markUndone() async throws {
        try await parts.pool.withTenant(tenant) { tx in
            guard var call = try await parts.calls.call(identity.key, locking: true, tenant: tenant, in: tx), call.record.worker == parts.worker
            else { return }
            if !call.openIntents.isEmpty {
                let receipt = try await parts.receipts.record(receipts.nothingHappened(call, at: now), in: tx)
                call.receipts.append(StoredCall.Receipt(id: receipt.id.rawValue, digest: receipt.paeDigest))
                call.openIntents = []
            }
            // Where nobody knew, it was charged then.
            if call.record.state == .started {
                try await parts.budget.settle(
                    call.reservation, identity, attempt: call.record.attempt, connector: entry.manifest.name, micros: 0, at: now, in: tx)
            }
            call.reservation = nil
            call.record.state = .retryable
            try await parts.calls.update(call, key: identity.key, tenant: tenant, at: now, in: tx)
        }
    }

    /// Changes the row under a lock, where `body` says so. Returns what was written.
    func change(_ body: @Sendable (inout StoredCall) throws -> Bool) async throws -> StoredCall? {
        try await parts.pool.withTenant(tenant) { tx in
            guard var call = try await parts.calls.call(identity.key, locking: true, tenant: tenant, in: tx), try body(&call) else { return nil }
            try await parts.calls.update(call, key: identity.key, tenant: tenant, at: now, in: tx)
            return call
        }
    }
}
