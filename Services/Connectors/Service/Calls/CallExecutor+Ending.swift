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

extension CallExecutor {
    /// The call itself, once the log has its intent.
    func go(_ vendor: VendorCall) async throws -> StoredCall? {
        let (leaseEnds, sent) = (leaseEnds, now)
        let started = try await change { call in
            guard call.record.state == .prepared, call.record.worker == parts.worker else { return false }
            call.record.state = .started
            call.record.leaseEnds = leaseEnds
            call.firstSent = call.firstSent ?? sent
            call.lastSent = sent
            return true
        }
        guard let started else { return nil }
        var performance = await vendor.perform(firstSent: started.firstSent ?? sent)
        switch performance.result {
        case .succeeded(let output): return try await finish(.succeeded, .succeeded(output: output), performance)
        case .failed(let failure): return try await finish(failure.isRetryable ? .retryable : .failed, .failed(failure), performance)
        case .ambiguous(let doubt):
            let outcome = await resolve(doubt, vendor, started, sent: sent)
            if case .succeeded = outcome { performance.isReadBack = true }
            return try await finish(Self.state(outcome), outcome, performance)
        }
    }

    /// What a doubt comes to: by the operation's nature, or by looking at the vendor.
    private func resolve(_ doubt: CallFailure, _ vendor: VendorCall, _ call: StoredCall, sent: Date) async -> CallOutcome {
        switch DoubtResolution(strategy) {
        case .repeatable: return .failed(doubt)
        case .unknown: return .unknown(doubt)
        case .readBack:
            switch await vendor.readBack(firstSent: call.firstSent ?? sent, sent: sent, patience: patience) {
            case .found(let output): return .succeeded(output: output)
            case .absent(isCertain: true): return .failed(doubt)
            case .absent(isCertain: false), .failed: return .unknown(doubt)
            }
        }
    }

    private static func state(_ outcome: CallOutcome) -> VendorCallRecord.State {
        switch outcome {
        case .succeeded: .succeeded
        case .failed(let failure): failure.isRetryable ? .retryable : .failed
        case .unknown: .mayHaveRun
        }
    }

    /// The result, its receipt, what it cost and how the connection fares: one transaction. Nil where the call was taken from us.
    func finish(_ state: VendorCallRecord.State, _ outcome: CallOutcome, _ performance: OperationRunner.Performance?) async throws -> StoredCall? {
        let time = now
        let call = try await parts.pool.withTenant(tenant) { tx -> StoredCall? in
            guard var call = try await parts.calls.call(identity.key, locking: true, tenant: tenant, in: tx) else { return nil }
            // Nothing new since nobody knew: the answer stands, and the log need not hear it twice.
            if call.record.state == .mayHaveRun, state == .mayHaveRun { return call }
            guard call.record.state == .started || call.record.state == .mayHaveRun else { return nil }
            guard call.record.worker == parts.worker || plan(call) == .giveUp else { return nil }
            let wasSettled = call.record.state == .mayHaveRun
            call.record.state = state
            call.record.leaseEnds = time
            call.output = nil
            call.failure = nil
            switch outcome {
            case .succeeded(let output):
                call.output = output
                call.costMicros = entry.operation.costMicros
            case .unknown(let failure):
                call.failure = failure
                call.costMicros = entry.operation.costMicros
            case .failed(let failure):
                call.failure = failure
                call.costMicros = 0
            }
            let receipt = try await parts.receipts.record(receipts.result(state, call, performance, at: time), in: tx)
            call.receipts.append(StoredCall.Receipt(id: receipt.id.rawValue, digest: receipt.paeDigest))
            call.openIntents = []
            if !wasSettled {
                try await parts.budget.settle(
                    call.reservation, identity, attempt: call.record.attempt, connector: entry.manifest.name, micros: call.costMicros, at: time,
                    in: tx)
            }
            call.reservation = nil
            try await parts.calls.update(call, key: identity.key, tenant: tenant, at: time, in: tx)
            try await noteHealth(outcome, in: tx)
            return call
        }
        if let call { report(call) }
        return call
    }

    private func noteHealth(_ outcome: CallOutcome, in tx: PostgresTransaction) async throws {
        switch outcome {
        case .succeeded: try await parts.connections.note(health: "connected", reason: "", of: entry.manifest.name, tenant: tenant, in: tx)
        case .failed(let failure) where failure.errorClass == .unauthorized:
            try await parts.connections.note(health: "failing", reason: failure.message, of: entry.manifest.name, tenant: tenant, in: tx)
        case .failed, .unknown: break
        }
    }

    private func report(_ call: StoredCall) {
        parts.metrics.count(
            "connector_calls_total", help: "Calls to vendors, by operation and how they ended.",
            labels: [("operation", identity.operation), ("outcome", call.record.state.rawValue)])
        parts.logger.info(
            "call ended",
            metadata: [
                "tenant": "\(tenant)", "operation": "\(identity.operation)", "state": "\(call.record.state.rawValue)",
                "attempt": "\(call.record.attempt)",
                "class": "\(call.failure?.errorClass.rawValue ?? "")", "trace": "\(context.trace.traceIDText)",
            ])
    }
}
