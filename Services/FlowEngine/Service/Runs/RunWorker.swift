internal import FlowEngineCore
internal import FoundationEssentials
internal import Identity
internal import JSON
internal import Logging
internal import Postgres
internal import RPC
internal import ServiceKit
internal import Synchronization
internal import Trust

/// Takes up runs that are due and drives each as far as it goes. A crash between any two lines loses nothing: what is outstanding
/// follows from the stored state, and both calls are safe to repeat.
struct RunWorker: Sendable {
    /// Runs under way at once.
    static let concurrency = 16
    /// How long the worker sleeps where nobody rings: the sweep that makes Redis a convenience.
    static let sweep = Duration.milliseconds(500)
    /// A failure of a connector call that says neither yes nor no: after these many, a person looks.
    static let unclearAttempts = 8

    let pool: PostgresPool
    let claims: RunClaims
    let advancer: RunAdvancer
    let policy: PolicyGateway
    let connectors: ConnectorGateway
    let doorbell: Doorbell
    let tracing: RunTracing
    let logger: Logger

    func run() async throws {
        try await claims.recover()
        let occupancy = Occupancy()
        try await withThrowingDiscardingTaskGroup { group in
            while !Task.isCancelled {
                let free = Self.concurrency - occupancy.count.withLock { $0 }
                let taken = free > 0 ? try await claims.take(atMost: free) : []
                occupancy.count.withLock { $0 += taken.count }
                for claim in taken {
                    group.addTask {
                        await drive(claim)
                        occupancy.count.withLock { $0 -= 1 }
                        doorbell.ring()
                    }
                }
                if taken.isEmpty { await doorbell.wait(atMost: Self.sweep) }
            }
        }
    }

    func drive(_ claim: RunClaim) async {
        do {
            guard let run = try await begin(claim) else { return }
            try await tracing.within(run, "flow_engine.advance") { try await move(run, claim) }
        } catch {
            guard !Task.isCancelled else { return }
            logger.error("run not moved", metadata: ["run": "\(claim.run)", "tenant": "\(claim.tenant)", "error": "\(error)"])
            await postpone(claim, attempts: 3, why: "an internal fault; it is tried again")
        }
    }

    private func move(_ run: LockedRun, _ claim: RunClaim) async throws {
        var run = run
        while let action = run.machine.outstanding(run.state), !Task.isCancelled {
            guard let moved = try await perform(action, run, claim) else { return }
            run = moved
        }
    }

    private func begin(_ claim: RunClaim) async throws -> LockedRun? {
        try await pool.withTenant(claim.tenant) { tx in
            guard let run = try await advancer.runs.lock(claim.run, tenant: claim.tenant, in: tx), run.fence == claim.fence else { return nil }
            guard let action = run.machine.outstanding(run.state) else {
                try await advancer.runs.release(claim.run, fence: claim.fence, tenant: claim.tenant, in: tx)
                return nil
            }
            if case .callConnector(let call) = action {
                // The lease must outlive the call, or a second worker would make it too.
                let needed = Duration.milliseconds(call.timeout.milliseconds) + RunClaims.lease
                try await advancer.runs.extendLease(claim.run, fence: claim.fence, by: needed, tenant: claim.tenant, in: tx)
            }
            return run
        }
    }

    /// Nil where the run was given back.
    private func perform(_ action: RunAction, _ run: LockedRun, _ claim: RunClaim) async throws -> LockedRun? {
        do {
            switch action {
            case .decidePolicy(let question):
                let answer = try await policy.decide(question, of: run.state)
                return try await advance(.policyAnswered(seq: question.seq, answer), RunEvidence(), claim)
            case .callConnector(let call):
                let done = try await connectors.execute(call, of: run.state)
                let evidence = RunEvidence(receipts: done.receipts.map { RunReceipt(digest: $0.digest, id: $0.id) }, costMicros: done.costMicros)
                return try await advance(.callFinished(seq: call.seq, done.result), evidence, claim)
            default: return nil
            }
        } catch let error as RPCError {
            return try await failed(action, error, run, claim)
        }
    }

    private func failed(_ action: RunAction, _ error: RPCError, _ run: LockedRun, _ claim: RunClaim) async throws -> LockedRun? {
        if case .decidePolicy(let question) = action, error.isRefusal {
            return try await advance(
                .policyUnusable(seq: question.seq, message: "policy refused the question: \(error.message)"), RunEvidence(), claim)
        }
        let unclear: Set<StatusCode> = [.internal, .unknown, .dataLoss, .deadlineExceeded]
        if case .callConnector(let call) = action, unclear.contains(error.code), run.attempts + 1 >= Self.unclearAttempts {
            return try await advance(
                .callFinished(seq: call.seq, .mayHaveRun(message: "the connectors service gave no answer: \(error.message)")), RunEvidence(), claim)
        }
        let what = if case .decidePolicy = action { "policy" } else { "the connectors" }
        logger.notice(
            "run waits for another service", metadata: ["run": "\(claim.run)", "reason": "\(error.reason)", "attempts": "\(run.attempts + 1)"])
        await postpone(
            claim, attempts: run.attempts, retryAfter: error.retryAfter, why: "\(what) did not answer (\(error.reason)); it is tried again")
        return nil
    }

    private func advance(_ event: RunEvent, _ evidence: RunEvidence, _ claim: RunClaim) async throws -> LockedRun? {
        try await pool.withTenant(claim.tenant) { tx in
            guard let run = try await advancer.runs.lock(claim.run, tenant: claim.tenant, in: tx), run.fence == claim.fence else { return nil }
            let moved = try await advancer.apply(event, to: run, evidence: evidence, isWorker: true, in: tx)
            if case .callConnector(let call)? = moved.machine.outstanding(moved.state) {
                let needed = Duration.milliseconds(call.timeout.milliseconds) + RunClaims.lease
                try await advancer.runs.extendLease(claim.run, fence: claim.fence, by: needed, tenant: claim.tenant, in: tx)
            }
            return moved
        }
    }

    private func postpone(_ claim: RunClaim, attempts: Int, retryAfter: Duration? = nil, why: String) async {
        let ceiling = min(Duration.seconds(15), .milliseconds(200) * (1 << min(attempts, 8)))
        let delay = max(retryAfter ?? .zero, ceiling * Double.random(in: 0.5..<1))
        do {
            try await pool.withTenant(claim.tenant) { tx in
                try await advancer.runs.postpone(claim.run, fence: claim.fence, after: delay, why: why, tenant: claim.tenant, in: tx)
            }
        } catch {
            // The lease ends by itself, and the sweep finds the run again.
            logger.warning("run not given back", metadata: ["run": "\(claim.run)", "error": "\(error)"])
        }
    }
}

/// How many runs a worker has in hand.
private final class Occupancy: Sendable {
    let count = Mutex(0)
}
