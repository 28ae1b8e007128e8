import FlowEngineCore
import Foundation
import Identity
import JSON
import Trust

/// What the engine keeps: everything in here survives a crash, and a transaction is a copy that is kept or thrown away.
struct Database {
    struct Row {
        var position: [UInt8]
        var flow: String
        var fence = 0
        var owner: Int?
        var leaseUntil: Int64 = 0
        /// When a worker has something to do; nil for never.
        var due: Int64?
        var attempts = 0
    }

    struct Timer: Hashable {
        var run: RunID
        var seq: Int
        var kind: RunTimer
    }

    struct Wait: Hashable {
        var run: RunID
        var seq: Int
        var kind: String
    }

    struct OpenTask {
        var request: PersonRequest
        var run: RunID
        var state = TaskAuthority.State.open
    }

    var runs: [RunID: Row] = [:]
    var timers: [Timer: Int64] = [:]
    var waits: Set<Wait> = []
    var buffer: [(kind: String, payload: JSONValue, at: Int64)] = []
    var tasks: [TaskID: OpenTask] = [:]
    var steps: [RunID: [Int: StepRecord]] = [:]
    var closings: [RunID: [RunClosing]] = [:]
    /// What this transaction has made due, for whoever schedules it after the commit.
    var news: [News] = []

    enum News {
        case due(RunID, Int64)
        case timer(Timer, Int64)
        case task(TaskID, Int64)
    }

    func state(_ run: RunID) throws -> RunState? {
        try runs[run].map { try RunState(json: JSONValue(parsing: $0.position)) }
    }
}

/// The rules of one transaction, as the service keeps them.
extension Database {
    mutating func begin(_ state: RunState, at now: Int64, _ documents: Documents) throws {
        guard runs[state.run] == nil else { return }
        runs[state.run] = Row(position: state.json.encoded(), flow: state.flow)
        try apply(.started, to: state.run, at: now, isWorker: false, documents)
    }

    mutating func apply(_ event: RunEvent, to run: RunID, at now: Int64, isWorker: Bool, _ documents: Documents) throws {
        guard let row = runs[run], var state = try state(run), !state.isClosed else { return }
        let machine = documents.machine(row.flow)
        let waiting = Set(waits.filter { $0.run == run })
        try take(event, &state, machine, at: now, documents)
        var looked = waiting
        while let wait = waits.filter({ $0.run == run && !looked.contains($0) }).min(by: { $0.seq < $1.seq }) {
            looked.insert(wait)
            let early = buffer.first { $0.kind == wait.kind && $0.at >= state.startedAt.milliseconds }
            if let early { try take(.eventArrived(seq: wait.seq, payload: early.payload), &state, machine, at: now, documents) }
        }
        let isDue = !machine.outstanding(state).isEmpty
        runs[run]?.position = state.json.encoded()
        runs[run]?.attempts = 0
        runs[run]?.due = isDue ? now : nil
        if !isDue, isWorker { runs[run]?.owner = nil }
        if isDue { news.append(.due(run, now)) }
    }

    private mutating func take(_ event: RunEvent, _ state: inout RunState, _ machine: RunMachine, at now: Int64, _ documents: Documents) throws {
        let transition = machine.handle(event, in: state, at: Date(milliseconds: now))
        state = transition.state
        for action in transition.actions { try write(action, of: state, at: now) }
        for case .startChild(let child) in transition.actions {
            guard let document = documents.child, document.versionID == child.version else {
                try take(.childClosed(seq: child.seq, RunClosing(state: .failed, outcome: "document")), &state, machine, at: now, documents)
                continue
            }
            let begun = RunState(
                tenant: state.tenant, run: child.run, flow: "child", version: child.version, principal: state.principal, trigger: child.input,
                startedAt: Date(milliseconds: now), node: "start", parent: child.parent)
            try begin(begun, at: now, documents)
        }
    }

    private mutating func write(_ action: RunAction, of state: RunState, at now: Int64) throws {
        let run = state.run
        switch action {
        case .recordStep(let record): try record_(record, run)
        case .openTask(let request):
            guard tasks[request.task] == nil else { throw Violation("task \(request.task) is opened twice") }
            tasks[request.task] = OpenTask(request: request, run: run)
            news.append(.task(request.task, now))
        case .closeTask(let task, let closing, _):
            guard tasks[task]?.state == .open else { throw Violation("a task that is not open is closed") }
            tasks[task]?.state = closing
        case .startTimer(let kind, let seq, let span): start(Timer(run: run, seq: seq, kind: kind), now + span.milliseconds)
        case .stopTimers(let seq): timers = timers.filter { $0.key.run != run || $0.key.seq != seq }
        case .awaitEvent(let seq, let kind): waits.insert(Wait(run: run, seq: seq, kind: kind))
        case .stopAwaiting(let seq): waits = waits.filter { $0.run != run || $0.seq != seq }
        case .startChild: break
        case .abandonChild(let child, _): start(Timer(run: child, seq: 0, kind: .orphaned), now)
        case .closeRun(let closing):
            closings[run, default: []].append(closing)
            if let parent = state.parent { start(Timer(run: parent.run, seq: parent.seq, kind: .child), now) }
        }
    }

    private mutating func start(_ timer: Timer, _ due: Int64) {
        timers[timer] = due
        news.append(.timer(timer, due))
    }

    private mutating func record_(_ record: StepRecord, _ run: RunID) throws {
        if let before = steps[run]?[record.seq] {
            guard !before.isOver else {
                throw Violation("step \(record.seq) (\(record.node)) is written after its end: \(before.state) and \(record.state)")
            }
            guard before.node == record.node else { throw Violation("step \(record.seq) is of two nodes: \(before.node) and \(record.node)") }
        } else {
            let expected = (steps[run]?.keys.max() ?? -1) + 1
            guard record.seq == expected else { throw Violation("step \(record.seq) is written where \(expected) comes next") }
        }
        steps[run, default: [:]][record.seq] = record
    }
}

struct Violation: Error, CustomStringConvertible {
    var description: String
    init(_ description: String) { self.description = description }
}

/// The flows of one simulation.
struct Documents {
    var parents: [String: FlowDocument]
    var child: FlowDocument?

    func document(_ flow: String) -> FlowDocument {
        guard let document = flow == "child" ? child : parents[flow] else { preconditionFailure("there is no flow \(flow)") }
        return document
    }

    func machine(_ flow: String) -> RunMachine { RunMachine(document: document(flow)) }
}

extension Date {
    init(milliseconds: Int64) { self.init(timeIntervalSince1970: Double(milliseconds) / 1000) }
    var milliseconds: Int64 { Int64((timeIntervalSince1970 * 1000).rounded()) }
}

extension StepRecord {
    /// A step that a person must clarify is not over, whatever its state is called.
    var isOver: Bool { state.isFinal && !(state == .mayHaveRun && port.isEmpty) }
}
