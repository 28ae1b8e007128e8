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

    /// How long one branch of a run under way waits to be noticed, at the most.
    private static let glance = Duration.milliseconds(100)

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
            await postpone(claim, Postponement(attempts: 3, retryAfter: nil, why: "an internal fault; it is tried again"))
        }
    }

    /// Does what the run wants, side by side where it has several branches, until it wants nothing more. Only this loop writes: what comes back
    /// from outside is taken up one after the other.
    private func move(_ run: LockedRun, _ claim: RunClaim) async throws {
        var hand = Hand(run)
        try await withThrowingTaskGroup(of: Done.self) { group in
            while !Task.isCancelled {
                if let work = hand.takeUp() {
                    let run = hand.run
                    if case .proceed = work {
                        hand.put(work, try await advance(.proceed, RunEvidence(), claim))
                    } else {
                        group.addTask { .work(work, try await perform(work, run)) }
                    }
                } else {
                    guard hand.isBusy else { break }
                    if hand.takeWatch() { group.addTask { try await look(claim) } }
                    switch try await group.next() {
                    case .work(let work, let outcome): try await settle(work, outcome, &hand, claim)
                    case .looked(let run): hand.looked(run)
                    case nil: break
                    }
                }
            }
            group.cancelAll()
        }
        if let postponement = hand.postponement, !hand.isLost { await postpone(claim, postponement) }
    }

    private func begin(_ claim: RunClaim) async throws -> LockedRun? {
        try await pool.withTenant(claim.tenant) { tx in
            guard let run = try await advancer.runs.lock(claim.run, tenant: claim.tenant, in: tx), run.fence == claim.fence else { return nil }
            guard !run.machine.outstanding(run.state).isEmpty else {
                try await advancer.runs.release(claim.run, fence: claim.fence, tenant: claim.tenant, in: tx)
                return nil
            }
            try await keepLease(run, claim, in: tx)
            return run
        }
    }

    private func keepLease(_ run: LockedRun, _ claim: RunClaim, in tx: PostgresTransaction) async throws {
        guard let needed = RunClaims.lease(for: run.machine.outstanding(run.state)) else { return }
        try await advancer.runs.extendLease(claim.run, fence: claim.fence, by: needed, tenant: claim.tenant, in: tx)
    }

    private enum Done: Sendable {
        case work(RunWork, Outcome)
        /// Nil where somebody else has the run now.
        case looked(LockedRun?)
    }

    /// While one branch waits for a slow call, a person, a timer or an event can have moved another one.
    private func look(_ claim: RunClaim) async throws -> Done {
        try await Task.sleep(for: Self.glance)
        return try await pool.withTenant(claim.tenant) { tx in
            let run = try await advancer.runs.lock(claim.run, tenant: claim.tenant, in: tx)
            return .looked(run?.fence == claim.fence ? run : nil)
        }
    }

    /// What came of asking another service.
    private enum Outcome: Sendable {
        case answered(RunEvent, RunEvidence)
        /// It gave no answer, or not a usable one.
        case failed(RPCError)
    }

    private func perform(_ work: RunWork, _ run: LockedRun) async throws -> Outcome {
        do {
            switch work {
            case .decide(let question):
                return .answered(.policyAnswered(seq: question.seq, try await policy.decide(question, of: run.state)), RunEvidence())
            case .call(let call):
                let done = try await connectors.execute(call, of: run.state)
                let evidence = RunEvidence(receipts: done.receipts.map { RunReceipt(digest: $0.digest, id: $0.id) }, costMicros: done.costMicros)
                return .answered(.callFinished(seq: call.seq, done.result), evidence)
            case .proceed: return .answered(.proceed, RunEvidence())
            }
        } catch let error as RPCError {
            return .failed(error)
        }
    }

    private func settle(_ work: RunWork, _ outcome: Outcome, _ hand: inout Hand, _ claim: RunClaim) async throws {
        switch outcome {
        case .answered(let event, let evidence): hand.put(work, try await advance(event, evidence, claim))
        case .failed(let error):
            if let event = Self.verdict(on: work, error, attempts: hand.run.attempts) {
                return hand.put(work, try await advance(event, RunEvidence(), claim))
            }
            logger.notice(
                "run waits for another service",
                metadata: ["run": "\(claim.run)", "reason": "\(error.reason)", "attempts": "\(hand.run.attempts + 1)"])
            let what = if case .decide = work { "policy" } else { "the connectors" }
            hand.postpone(
                work,
                Postponement(
                    attempts: hand.run.attempts, retryAfter: error.retryAfter, why: "\(what) did not answer (\(error.reason)); it is tried again"))
        }
    }

    /// What an error means for the run; nil where it is tried again.
    private static func verdict(on work: RunWork, _ error: RPCError, attempts: Int) -> RunEvent? {
        switch work {
        case .decide(let question) where error.isRefusal:
            return .policyUnusable(seq: question.seq, message: "policy refused the question: \(error.message)")
        case .call(let call):
            let unclear: Set<StatusCode> = [.internal, .unknown, .dataLoss, .deadlineExceeded]
            guard unclear.contains(error.code), attempts + 1 >= unclearAttempts else { return nil }
            return .callFinished(seq: call.seq, .mayHaveRun(message: "the connectors service gave no answer: \(error.message)"))
        default: return nil
        }
    }

    private func advance(_ event: RunEvent, _ evidence: RunEvidence, _ claim: RunClaim) async throws -> LockedRun? {
        try await pool.withTenant(claim.tenant) { tx in
            guard let run = try await advancer.runs.lock(claim.run, tenant: claim.tenant, in: tx), run.fence == claim.fence else { return nil }
            return try await advancer.apply(event, to: run, evidence: evidence, isWorker: true, in: tx)
        }
    }

    private func postpone(_ claim: RunClaim, _ postponement: Postponement) async {
        let ceiling = min(Duration.seconds(15), .milliseconds(200) * (1 << min(postponement.attempts, 8)))
        let delay = max(postponement.retryAfter ?? .zero, ceiling * Double.random(in: 0.5..<1))
        do {
            try await pool.withTenant(claim.tenant) { tx in
                try await advancer.runs.postpone(claim.run, fence: claim.fence, after: delay, why: postponement.why, tenant: claim.tenant, in: tx)
            }
        } catch {
            // The lease ends by itself, and the sweep finds the run again.
            logger.warning("run not given back", metadata: ["run": "\(claim.run)", "error": "\(error)"])
        }
    }
}

/// Why a run is given back, to be taken up later.
private struct Postponement: Sendable {
    var attempts: Int
    var retryAfter: Duration?
    var why: String
}

/// A run that a worker has in hand, and what it is doing for it.
private struct Hand: Sendable {
    private(set) var run: LockedRun
    private(set) var postponement: Postponement?
    /// Somebody else has the run now.
    private(set) var isLost = false
    private var underWay: Set<Int> = []
    private var postponed: Set<Int> = []
    private var isWatched = false

    var isBusy: Bool { !underWay.isEmpty }

    init(_ run: LockedRun) { self.run = run }

    /// The next thing that the run wants and that is not done already.
    mutating func takeUp() -> RunWork? {
        guard !isLost else { return nil }
        let wanted = run.machine.outstanding(run.state).first { work in
            guard let seq = work.seq else { return true }
            return !underWay.contains(seq) && !postponed.contains(seq)
        }
        if let seq = wanted?.seq { underWay.insert(seq) }
        return wanted
    }

    /// - Parameter moved: Nil where somebody else has the run now.
    mutating func put(_ work: RunWork, _ moved: LockedRun?) {
        if let seq = work.seq { underWay.remove(seq) }
        guard let moved else {
            isLost = true
            return
        }
        run = moved
    }

    /// Whether somebody must look at the row from time to time: others can move only a run with several branches.
    mutating func takeWatch() -> Bool {
        guard !isWatched, run.state.branches.count > 1 else { return false }
        isWatched = true
        return true
    }

    mutating func looked(_ found: LockedRun?) {
        isWatched = false
        guard let found else {
            isLost = true
            return
        }
        let attempts = run.attempts
        run = found
        run.attempts = attempts
    }

    /// It is tried again when everything else has come back.
    mutating func postpone(_ work: RunWork, _ why: Postponement) {
        guard let seq = work.seq else { return }
        underWay.remove(seq)
        postponed.insert(seq)
        postponement = why
    }
}

/// How many runs a worker has in hand.
private final class Occupancy: Sendable {
    let count = Mutex(0)
}
