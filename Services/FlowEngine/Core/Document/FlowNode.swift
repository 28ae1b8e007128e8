/// One step of a flow. What it can do next are its ports; each leads to a node.
public struct FlowNode: Sendable {
    public enum Kind: Sendable {
        case trigger(TriggerNode)
        case call(CallNode)
        case decide(DecideNode)
        case approve(ApproveNode)
        case task(TaskNode)
        case wait(WaitNode)
        case parallel(ParallelNode)
        case each(EachNode)
        case assign(AssignNode)
        case `guard`(GuardNode)
        case subflow(SubflowNode)
        case agent(AgentNode)
        case end(EndNode)
    }

    public var id: String
    public var title: String
    public var kind: Kind

    public var type: String {
        switch kind {
        case .trigger: "trigger"
        case .call: "call"
        case .decide: "decide"
        case .approve: "approve"
        case .task: "task"
        case .wait: "wait"
        case .parallel: "parallel"
        case .each: "each"
        case .assign: "assign"
        case .guard: "guard"
        case .subflow: "subflow"
        case .agent: "agent"
        case .end: "end"
        }
    }

    /// Every way out, by the port's name.
    public var ports: [(port: String, target: String)] {
        switch kind {
        case .trigger(let node): [("next", node.next)]
        case .call(let node): node.on.filled
        case .decide(let node):
            node.branches.enumerated().map { ("branch:\($0.offset + 1)", $0.element.next) } + [("otherwise", node.otherwise)]
        case .approve(let node): node.on.filled
        case .task(let node): node.on.filled
        case .wait(let node): node.on.filled
        case .parallel(let node): node.branches.enumerated().map { ("branch:\($0.offset + 1)", $0.element.next) } + node.on.filled
        case .each(let node): [("do", node.body)] + node.on.filled
        case .assign(let node): [("next", node.next)]
        case .guard(let node): node.on.filled
        case .subflow(let node): node.on.filled
        case .agent(let node): node.on.filled
        case .end: []
        }
    }

    public func target(of port: String) -> String? { ports.first { $0.port == port }?.target }
}

/// The ports of a node that were connected.
public struct FlowPorts: Hashable, Sendable {
    public private(set) var filled: [(port: String, target: String)] = []

    public init(_ filled: [(port: String, target: String)] = []) { self.filled = filled }

    public subscript(port: String) -> String? { filled.first { $0.port == port }?.target }

    public static func == (a: FlowPorts, b: FlowPorts) -> Bool { a.filled.elementsEqual(b.filled) { $0 == $1 } }
    public func hash(into hasher: inout Hasher) { for (port, target) in filled { hasher.combine(port); hasher.combine(target) } }
}

/// What starts a run. Its payload is `trigger` in every expression.
public struct TriggerNode: Sendable {
    public enum Source: Hashable, Sendable {
        /// An HTTP call of a vendor, verified by the connector.
        case webhook(connector: String, event: String)
        /// An event of the product itself, for example `finops.anomaly.opened`.
        case event(kind: String)
        case manual
        case schedule(every: FlowDuration)
        /// By the calendar, in a time zone of the IANA database.
        case calendar(CronExpression, timeZone: String)
        /// Another flow.
        case subflow

        /// The kind of event that starts a run; nil where no event does.
        public var eventKind: String? {
            switch self {
            case .webhook(let connector, let event): "\(connector).\(event)"
            case .event(let kind): kind
            case .manual, .schedule, .calendar, .subflow: nil
            }
        }

        /// As a list of flows shows it.
        public var summary: String {
            switch self {
            case .webhook(let connector, let event): "\(connector) \(event)"
            case .event(let kind): kind
            case .manual: "started by a person"
            case .schedule(let every): "every \(every)"
            case .calendar(let cron, let zone): "\(cron) in \(zone)"
            case .subflow: "started by another flow"
            }
        }
    }

    public var source: Source
    /// An event for which this is false starts nothing.
    public var filter: CELText?
    /// JSON Schema of the payload; checked where a person starts the run.
    public var input: FormSchema?
    /// Of a schedule.
    public var timing = FlowSchedule.Timing.standard
    public var next: String
}

/// A connector operation, asked of policy first.
public struct CallNode: Sendable {
    public struct Retry: Hashable, Sendable {
        /// Including the first.
        public var attempts: Int
        /// Before the second; doubles from there, to an hour at most.
        public var backoff: FlowDuration

        public static let none = Retry(attempts: 1, backoff: FlowDuration(milliseconds: 1000))
    }

    /// How to take the call back if the run does not succeed. Its input sees what the call has left behind.
    public struct Compensation: Sendable {
        public var operation: String
        public var input: Template
    }

    public static let ports = ["success", "error", "timeout", "denied"]
    public static let defaultTimeout = FlowDuration(milliseconds: 30_000)
    public static let defaultApprovalTTL = FlowDuration(milliseconds: 24 * 3_600_000)

    public var operation: String
    public var input: Template
    public var timeout: FlowDuration
    public var retry: Retry
    /// How long an approval that policy demands may take.
    public var approvalTTL: FlowDuration
    public var compensation: Compensation?
    public var on: FlowPorts

    /// `jira` of `jira.issue.create`.
    public var connector: String { String(operation.prefix { $0 != "." }) }
}

/// The first branch whose condition holds.
public struct DecideNode: Sendable {
    public struct Branch: Sendable {
        public var condition: CELText
        public var title: String
        public var next: String
    }

    public var branches: [Branch]
    public var otherwise: String
}

/// People of a role, or of one role after the other, answer yes or no to exactly these inputs.
public struct ApproveNode: Sendable {
    public static let ports = ["approved", "rejected", "timeout"]

    /// Of the plan's first stage.
    public var role: String
    public var plan: ApprovalPlan
    public var title: Template
    public var inputs: Template
    /// Further principals who may not decide; whoever started the run never may.
    public var excluded: Template
    public var ttl: FlowDuration
    public var on: FlowPorts
}

/// A person of a role does something and fills in a form.
public struct TaskNode: Sendable {
    public static let ports = ["completed", "timeout"]

    public var role: String
    public var title: Template
    public var inputs: Template
    public var form: FormSchema?
    public var ttl: FlowDuration
    public var on: FlowPorts
}

/// Time, or an event.
public struct WaitNode: Sendable {
    public enum Condition: Sendable {
        case time(FlowDuration)
        /// `match` sees the event's payload as `event`; nil takes the first of the kind.
        case event(kind: String, match: CELText?, timeout: FlowDuration)
        /// A duration that an expression gives when the run comes here.
        case computed(Template)
        /// A moment (RFC 3339) that an expression gives when the run comes here; one that is past is over at once.
        case moment(Template)
    }

    public static let timePorts = ["elapsed"]
    public static let eventPorts = ["event", "timeout"]

    public var condition: Condition
    public var on: FlowPorts
}

public struct EndNode: Sendable {
    public enum Outcome: String, Sendable, CaseIterable { case success, failure, rejected }

    public var outcome: Outcome
    public var output: Template
}
