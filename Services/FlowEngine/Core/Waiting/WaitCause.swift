public import FoundationEssentials
public import Identity

/// One exact reason why a run does not go on.
public struct WaitCause: Hashable, Sendable {
    public enum Kind: String, Sendable, CaseIterable {
        case policy, connector, retry, person, timer, event, child, concurrency, rate, quota, paused, worker, running
    }

    public var kind: Kind
    public var seq: Int
    public var node: String
    /// One sentence.
    public var text: String
    public var since: Date
    /// When it goes on by itself; nil where that is not known.
    public var until: Date?
    public var role = ""
    public var operation = ""
    public var task: TaskID?
    public var event = ""

    public init(_ kind: Kind, seq: Int, node: String, since: Date, until: Date? = nil, _ text: String) {
        self.kind = kind
        self.seq = seq
        self.node = node
        self.text = text
        self.since = since
        self.until = until
    }
}

/// What stands beside a run's state: rows that only the database knows.
public struct WaitFacts: Sendable {
    public struct Timer: Hashable, Sendable {
        public var seq: Int
        public var kind: String
        public var due: Date

        public init(seq: Int, kind: String, due: Date) {
            self.seq = seq
            self.kind = kind
            self.due = due
        }
    }

    /// When each step that is open began.
    public var stepStarts: [Int: Date] = [:]
    public var timers: [Timer] = []
    /// When a worker takes it up next; nil where nothing is left for one.
    public var nextWake: Date?
    /// Until when a worker holds it.
    public var leaseUntil: Date?
    /// What the last worker wrote when it gave the run back.
    public var note = ""
    /// Times that the run was given back without having moved.
    public var attempts = 0

    public init() {}
}

/// Says why a run waits, from its state and its rows.
public struct WaitDiagnosis: Sendable {
    /// A run that is due and that nobody takes up for this long has no worker.
    private static let slow: TimeInterval = 5

    let document: FlowDocument
    let facts: WaitFacts
    let now: Date

    public init(_ document: FlowDocument, _ facts: WaitFacts, now: Date) {
        self.document = document
        self.facts = facts
        self.now = now
    }

    /// Empty for a run that is over.
    public func causes(of state: RunState) -> [WaitCause] {
        if state.isClosed { return [] }
        if let pause = state.pause {
            return [WaitCause(.paused, seq: state.lastSeq, node: state.node, since: state.startedAt, "held by \(pause.by): \(pause.reason)")]
        }
        // Who waits for others says nothing that the others do not say.
        return state.branches.filter { $0.phase != .joining }.map { cause(of: $0, state) }
    }

    private func cause(of branch: RunBranch, _ state: RunState) -> WaitCause {
        let since = facts.stepStarts[branch.seq] ?? state.startedAt
        let due = facts.timers.filter { $0.seq == branch.seq }.map(\.due).min()
        func cause(_ kind: WaitCause.Kind, _ text: String, until: Date? = nil) -> WaitCause {
            var cause = WaitCause(kind, seq: branch.seq, node: branch.node, since: since, until: until, text)
            cause.operation = branch.phase.call?.operation ?? ""
            if let request = branch.phase.request { (cause.role, cause.task) = (request.role, request.task) }
            return cause
        }
        let title = document.node(branch.node)?.title ?? branch.node
        switch branch.phase {
        case .created, .ready, .joining, .deciding, .calling: return working(branch, cause)
        case .gated(let call, let request):
            return cause(.person, "somebody with the role \(request.role) must approve \(call.operation): \(request.reason)", until: due)
        case .approving(let request), .working(let request):
            let verb = request.kind == .approval ? "approve" : "do"
            return cause(.person, "somebody with the role \(request.role) must \(verb) \"\(request.title)\"", until: due)
        case .clarifying(let call, let request):
            return cause(.person, "somebody with the role \(request.role) must say whether \(call.operation) took place", until: due)
        case .backingOff(let call, let reason):
            let when = due.map { " at \(Timestamp.text($0))" } ?? ""
            return cause(
                .retry, "\(call.connector) refused attempt \(call.attempt) of \(call.operation) (\(reason)); it is tried again\(when)", until: due)
        case .sleeping: return cause(.timer, "the time of \"\(title)\" passes" + (due.map { " at \(Timestamp.text($0))" } ?? ""), until: due)
        case .awaiting(let kind):
            var event = cause(.event, "the event \(kind) has not come" + (due.map { "; it is given up at \(Timestamp.text($0))" } ?? ""), until: due)
            event.event = kind
            return event
        case .running(let child): return cause(.child, "the run \(child) of \"\(title)\" goes on", until: due)
        }
    }

    /// A worker's turn: what holds it up is in the rows.
    private func working(_ branch: RunBranch, _ cause: (WaitCause.Kind, String, Date?) -> WaitCause) -> WaitCause {
        if let lease = facts.leaseUntil, lease > now {
            switch branch.phase {
            case .deciding(let call): return cause(.policy, "policy has been asked whether \(call.operation) is allowed", nil)
            case .calling(let call):
                return cause(.connector, "\(call.connector) has not answered \(call.operation) yet (attempt \(call.attempt))", nil)
            default: return cause(.running, "a worker is at it", nil)
            }
        }
        guard let wake = facts.nextWake else { return cause(.running, "it is about to go on", nil) }
        if !facts.note.isEmpty, facts.attempts > 0 || wake > now {
            return cause(Self.kind(ofNote: facts.note), facts.note, wake > now ? wake : nil)
        }
        if now.timeIntervalSince(wake) > Self.slow {
            return cause(.worker, "no worker has had room for it since \(Timestamp.text(wake))", nil)
        }
        return cause(.worker, "it is in the queue for a worker", wake > now ? wake : nil)
    }

    /// What a worker writes when it gives a run back begins with what was missing.
    private static func kind(ofNote note: String) -> WaitCause.Kind {
        let text = note.lowercased()
        let words: [(String, WaitCause.Kind)] = [
            ("concurrency", .concurrency), ("rate", .rate), ("quota", .quota), ("budget", .quota), ("capacity", .worker), ("policy", .policy),
        ]
        return words.first { text.contains($0.0) }?.1 ?? .connector
    }
}

extension PendingCall {
    /// `jira` of `jira.issue.create`.
    var connector: String { String(operation.prefix { $0 != "." }) }
}
