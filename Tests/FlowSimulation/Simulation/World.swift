import FlowEngineCore
import Foundation
import Identity
import JSON
import Trust

/// Workers, policy, a vendor, people and a clock around one database. Everything that happens is in one queue, ordered by time and then by chance,
/// and every chance comes from the seed.
struct World {
    private enum Happening {
        case poll(worker: Int)
        case policyAnswers(Sent, PolicyQuestion)
        case vendorTakes(Sent, ConnectorCall)
        case reply(Sent, RunEvent?)
        case timer(Database.Timer)
        case person(TaskID)
        case event(kind: String)
        case control(RunID, RunEvent)
        case restart(worker: Int)
    }

    /// Who asked, so that nobody hears an answer that is not theirs.
    private struct Sent {
        var worker: Int
        var life: Int
        var run: RunID
        var fence: Int
        var seq: Int
    }

    private struct Worker {
        var life = 0
        var isDown = false
        /// Steps under way, by run.
        var hands: [RunID: Set<Int>] = [:]
    }

    private static let lease: Int64 = 60_000
    private static let sweep: Int64 = 500
    /// Until then things go wrong; after that everything can come to its end.
    private static let trouble: Int64 = 3 * 3_600_000
    private static let limit = 60_000

    let documents: Documents
    let options: Options
    private(set) var database = Database()
    private(set) var vendor = Vendor()
    private(set) var trace: [(run: RunID?, line: String)] = []
    private(set) var happened = 0
    private var random: SeededRandom
    private var now: Int64 = 1_795_400_000_000
    private let began: Int64 = 1_795_400_000_000
    private var queue: [(at: Int64, order: UInt64, what: Happening)] = []
    private var workers = [Worker](repeating: Worker(), count: 3)

    init(_ documents: Documents, _ options: Options, _ random: SeededRandom) {
        self.documents = documents
        self.options = options
        self.random = random
    }

    // MARK: Running

    mutating func run(_ starts: [RunState]) throws {
        for state in starts {
            note(state.run, "start \(state.flow)")
            try commit { try $0.begin(state, at: $1, $2) }
            for _ in 0..<3 { later(random.below(4_000_000), .event(kind: "e\(random.below(3))")) }
            if options.controls { controls(state.run) }
        }
        while let next = queue.popLast() {
            now = max(now, next.at)
            happened += 1
            guard happened < Self.limit else { throw Violation("the runs do not come to their end") }
            try happen(next.what)
        }
    }

    private mutating func controls(_ run: RunID) {
        if random.chance(15) {
            later(random.below(3_000_000), .control(run, .stopRequested(RunStop(cause: .cancelled, by: "dana", reason: "enough"))))
        }
        if random.chance(30) {
            let at = random.below(3_000_000)
            later(at, .control(run, .pauseRequested(RunPause(by: "dana", reason: "wait"))))
            later(at + random.below(600_000), .control(run, .resumeRequested))
        }
        if random.chance(30) {
            let skip = RunEvent.skipRequested(
                seq: 1 + random.below(8), port: ["success", "elapsed", "approved", "next", "joined"][random.below(5)], output: ["n": 1], by: "dana",
                reason: "by hand")
            later(random.below(3_000_000), .control(run, skip))
        }
    }

    private mutating func happen(_ what: Happening) throws {
        switch what {
        case .poll(let worker): try poll(worker)
        case .policyAnswers(let sent, let question): answer(sent, question)
        case .vendorTakes(let sent, let call):
            let result = vendor.perform(call, &random)
            note(sent.run, "vendor \(call.operation) of step \(call.seq): \(result.told)")
            reply(sent, .callFinished(seq: call.seq, result))
        case .reply(let sent, let event): try receive(sent, event)
        case .timer(let timer): try fire(timer)
        case .person(let task): try person(task)
        case .event(let kind): try deliver(kind)
        case .control(let run, let event):
            note(run, "by hand: \(event.told)")
            try commit { try $0.apply(event, to: run, at: $1, isWorker: false, $2) }
        case .restart(let worker):
            workers[worker].isDown = false
            // It releases what it held under its own name.
            if random.chance(50) {
                for run in database.runs.keys.sorted(by: { $0.description < $1.description }) where database.runs[run]?.owner == worker {
                    database.runs[run]?.owner = nil
                }
            }
            later(0, .poll(worker: worker))
        }
    }

    // MARK: Workers

    private mutating func poll(_ worker: Int) throws {
        guard !workers[worker].isDown else { return }
        let due = database.runs.filter { run, row in
            (row.due.map { $0 <= now } ?? false) && (row.owner == nil || row.leaseUntil < now)
        }.keys.sorted { $0.description < $1.description }
        for run in due.prefix(2) {
            database.runs[run]?.owner = worker
            database.runs[run]?.leaseUntil = now + Self.lease + 30_000
            database.runs[run]?.fence += 1
            later(Int(Self.lease) + 30_001, .poll(worker: random.below(workers.count)))
            workers[worker].hands[run] = []
            if crash(worker, run, "after it took the run") { return }
            try goOn(worker, run)
        }
        if due.count > 2 { later(1, .poll(worker: worker)) }
    }

    /// Does what the run wants, as far as it is not under way.
    private mutating func goOn(_ worker: Int, _ run: RunID) throws {
        while let hand = workers[worker].hands[run], let row = database.runs[run], row.owner == worker, let state = try database.state(run) {
            let wanted = documents.machine(row.flow).outstanding(state)
            if wanted.contains(.proceed) {
                guard try advance(worker, run, row.fence, .proceed) else { return }
                continue
            }
            for work in wanted {
                guard let seq = work.seq, !hand.contains(seq) else { continue }
                workers[worker].hands[run]?.insert(seq)
                send(work, Sent(worker: worker, life: workers[worker].life, run: run, fence: row.fence, seq: seq))
            }
            return
        }
    }

    private mutating func send(_ work: RunWork, _ sent: Sent) {
        if isTroubled, options.losses, random.chance(8) { return later(5_000, .reply(sent, nil)) }
        switch work {
        case .decide(let question): later(random.below(20), .policyAnswers(sent, question))
        case .call(let call):
            later(random.below(2_000), .vendorTakes(sent, call))
            // The connectors service tries again by itself; the vendor sees it twice.
            if options.duplicates, random.chance(10) { later(random.below(4_000), .vendorTakes(sent, call)) }
        case .proceed: return
        }
    }

    private mutating func answer(_ sent: Sent, _ question: PolicyQuestion) {
        // Asking again with the same grants gives the same answer.
        var chance = SeededRandom(seed: question.request.bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) })
        let isGranted = !question.grants.isEmpty
        let verdict: PolicyAnswer.Verdict =
            switch chance.below(100) {
            case 0..<8: .deny
            case 8..<25: isGranted ? .allow : .requireApproval
            default: .allow
            }
        let answer = PolicyAnswer(
            decision: DecisionID(rawValue: DerivedIdentity.uuid(question.request)), verdict: verdict, input: question.input,
            enforcedIdentity: SHA256Digest(hashing: question.input.encoded()), receiptDigest: nil,
            gates: [PolicyAnswer.Gate(policy: "p", role: "manager", ttlSeconds: 3_600)], reason: "policy says so")
        reply(sent, .policyAnswered(seq: question.seq, answer))
    }

    private mutating func reply(_ sent: Sent, _ event: RunEvent) {
        if isTroubled, options.losses, random.chance(8) { return later(5_000, .reply(sent, nil)) }
        later(random.below(50), .reply(sent, event))
        if options.duplicates, random.chance(5) { later(random.below(5_000), .reply(sent, event)) }
    }

    private mutating func receive(_ sent: Sent, _ event: RunEvent?) throws {
        guard workers[sent.worker].life == sent.life, workers[sent.worker].hands[sent.run] != nil else { return }
        guard let event else { return try postpone(sent) }
        guard try advance(sent.worker, sent.run, sent.fence, event) else { return }
        workers[sent.worker].hands[sent.run]?.remove(sent.seq)
        try goOn(sent.worker, sent.run)
        if workers[sent.worker].hands[sent.run]?.isEmpty == true { workers[sent.worker].hands[sent.run] = nil }
    }

    /// False where the worker died, or somebody else has the run.
    private mutating func advance(_ worker: Int, _ run: RunID, _ fence: Int, _ event: RunEvent) throws -> Bool {
        guard database.runs[run]?.fence == fence else {
            workers[worker].hands[run] = nil
            return false
        }
        note(run, "worker \(worker): \(event.told)")
        if crash(worker, run, "before its commit") { return false }
        try commit { try $0.apply(event, to: run, at: $1, isWorker: true, $2) }
        return !crash(worker, run, "after its commit")
    }

    private mutating func postpone(_ sent: Sent) throws {
        workers[sent.worker].hands[sent.run]?.remove(sent.seq)
        guard workers[sent.worker].hands[sent.run]?.isEmpty == true else { return }
        workers[sent.worker].hands[sent.run] = nil
        guard let row = database.runs[sent.run], row.fence == sent.fence, row.due != nil else { return }
        let due = now + 200 << Int64(min(row.attempts, 6))
        database.runs[sent.run]?.owner = nil
        database.runs[sent.run]?.attempts += 1
        database.runs[sent.run]?.due = due
        later(Int(due - now) + Int(Self.sweep), .poll(worker: random.below(workers.count)))
        note(sent.run, "worker \(sent.worker): no answer, tried again later")
    }

    private mutating func crash(_ worker: Int, _ run: RunID, _ when: String) -> Bool {
        guard options.crashes, isTroubled, random.chance(3) else { return false }
        note(run, "worker \(worker) dies \(when)")
        workers[worker].life += 1
        workers[worker].isDown = true
        workers[worker].hands = [:]
        later(1_000 + random.below(10_000), .restart(worker: worker))
        return true
    }

    // MARK: Everybody else

    private mutating func fire(_ timer: Database.Timer) throws {
        guard let due = database.timers[timer], due <= now, let state = try database.state(timer.run) else { return }
        let event: RunEvent?
        switch timer.kind {
        case .orphaned: event = .stopRequested(RunStop(cause: .cancelled, by: "parent", reason: "not wanted any more"))
        case .child:
            guard case .running(let child)? = state.branch(at: timer.seq)?.phase else {
                event = nil
                break
            }
            event = try database.state(child)?.closing.map { .childClosed(seq: timer.seq, $0) }
        default: event = .timerFired(seq: timer.seq, timer.kind)
        }
        note(timer.run, "timer \(timer.kind) of step \(timer.seq)")
        try commit {
            $0.timers[timer] = nil
            if let event { try $0.apply(event, to: timer.run, at: $1, isWorker: false, $2) }
        }
    }

    private mutating func person(_ id: TaskID) throws {
        guard let task = database.tasks[id], task.state == .open else { return }
        let verdict: PersonAnswer.Verdict = task.request.kind == .task ? .complete : random.chance(80) ? .approve : .reject
        let answer = PersonAnswer(verdict: verdict, by: "omar", answer: ["ran": .bool(random.chance(50))])
        note(task.run, "omar answers \(verdict) to \(task.request.title)")
        for _ in 0..<(options.duplicates && random.chance(10) ? 2 : 1) {
            try commit { try $0.apply(.personAnswered(task.request, answer), to: task.run, at: $1, isWorker: false, $2) }
        }
    }

    private mutating func deliver(_ kind: String) throws {
        note(nil, "event \(kind)")
        let payload: JSONValue = ["n": .int(Int64(random.below(9)))]
        let waiting = database.waits.filter { $0.kind == kind }.sorted { ($0.run.description, $0.seq) < ($1.run.description, $1.seq) }
        try commit { database, now, documents in
            database.buffer.append((kind, payload, now))
            for wait in waiting {
                try database.apply(.eventArrived(seq: wait.seq, payload: payload), to: wait.run, at: now, isWorker: false, documents)
            }
        }
    }

    // MARK: Time and chance

    private var isTroubled: Bool { now - began < Self.trouble }

    private mutating func commit(_ body: (inout Database, Int64, Documents) throws -> Void) throws {
        var copy = database
        copy.news = []
        try body(&copy, now, documents)
        database = copy
        for news in copy.news {
            switch news {
            case .due:
                // A wake can get lost; the sweep cannot.
                if !options.losses || random.chance(80) { later(random.below(5), .poll(worker: random.below(workers.count))) }
                for worker in workers.indices { later(Int(Self.sweep) + random.below(100), .poll(worker: worker)) }
            case .timer(let timer, let due): later(Int(due - now) + random.below(300), .timer(timer))
            case .task(let task, _): if random.chance(85) { later(random.below(4_500_000), .person(task)) }
            }
        }
    }

    private mutating func later(_ delay: Int, _ what: Happening) {
        let entry = (at: now + Int64(delay), order: random.next(), what: what)
        // The queue is kept with the next thing last.
        var (low, high) = (0, queue.count)
        while low < high {
            let middle = (low + high) / 2
            if (queue[middle].at, queue[middle].order) > (entry.at, entry.order) { low = middle + 1 } else { high = middle }
        }
        queue.insert(entry, at: low)
    }

    private mutating func note(_ run: RunID?, _ line: @autoclosure () -> String) {
        trace.append((run, "\(now - began) ms  \(line())"))
    }
}

extension RunEvent {
    /// In a line of a history.
    fileprivate var told: String {
        switch self {
        case .policyAnswered(let seq, let answer): "policy answers \(answer.verdict) to step \(seq)"
        case .callFinished(let seq, let result): "step \(seq) came back: \(result.told)"
        case .skipRequested(let seq, let port, _, _, _): "step \(seq) is skipped by \(port)"
        case .stopRequested: "the run is stopped"
        case .pauseRequested: "the run is paused"
        default: "\(self)"
        }
    }
}

extension CallResult {
    fileprivate var told: String {
        switch self {
        case .succeeded: "done"
        case .failed(let errorClass, _, let retryable, _): "failed as \(errorClass)\(retryable ? ", can be tried again" : "")"
        case .mayHaveRun: "it may have run"
        }
    }
}
