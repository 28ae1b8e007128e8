public import FoundationEssentials
internal import Identity
public import JSON
internal import Trust

/// A run of a flow with nothing behind it: the machine, a clock that jumps to what comes next, and answers that were written down.
public struct Trial: Sendable {
    public struct Step: Sendable {
        /// Since the run began.
        public var elapsed: FlowDuration
        public var record: StepRecord
    }

    public struct Result: Sendable {
        /// In the order in which they ended.
        public var steps: [Step]
        /// Nil where the run waits for something that nobody answers.
        public var closing: RunClosing?
        /// What it waits for then, or what was not heard on the way.
        public var remarks: [String]
    }

    /// Things that happen in one trial at the most.
    static let eventsMax = 200_000

    private struct Arrival {
        var at: Date
        var order: Int
        var event: RunEvent
        /// A timer, which can be stopped.
        var timer: Int?
    }

    private let document: FlowDocument
    private let machine: RunMachine
    private var answers: TrialAnswers
    private let start: Date
    private var now: Date
    private var state: RunState
    private var arrivals: [Arrival] = []
    private var order = 0
    private var steps: [Step] = []
    private var remarks: [String] = []
    private var missing: [String: String] = [:]

    public static func run(_ document: FlowDocument, _ answers: TrialAnswers, from start: Date) -> Result {
        guard var trial = Trial(document, answers, from: start) else {
            return Result(steps: [], closing: nil, remarks: ["the flow has no trigger"])
        }
        trial.send(.started)
        trial.go()
        return Result(steps: trial.steps, closing: trial.state.closing, remarks: trial.remarks)
    }

    private init?(_ document: FlowDocument, _ answers: TrialAnswers, from start: Date) {
        guard let trigger = document.trigger, let tenant = TenantID("00000000-0000-7000-8000-000000000001"),
            let run = RunID("00000000-0000-7000-8000-000000000002")
        else { return nil }
        self.document = document
        self.answers = answers
        self.start = start
        machine = RunMachine(document: document)
        now = start
        state = RunState(
            tenant: tenant, run: run, flow: document.name, version: document.versionID,
            principal: RunPrincipal(kind: .person, id: answers.startedBy, roles: []), trigger: answers.trigger, startedAt: start, node: trigger.id)
    }

    private mutating func go() {
        for _ in 0..<Self.eventsMax {
            guard !state.isClosed else { return }
            if let work = machine.outstanding(state).first {
                guard perform(work) else { return }
            } else if let next = arrivals.min(by: { ($0.at, $0.order) < ($1.at, $1.order) }), missing.isEmpty {
                arrivals.removeAll { $0.order == next.order }
                now = max(now, next.at)
                send(next.event)
            } else {
                for (_, text) in missing.sorted(by: { $0.key < $1.key }) { remarks.append(text) }
                if missing.isEmpty { remarks.append("the run waits, and nothing will happen") }
                return
            }
        }
        remarks.append("the trial ended after \(Self.eventsMax) events")
    }

    private mutating func send(_ event: RunEvent) {
        let transition = machine.handle(event, in: state, at: now)
        state = transition.state
        for action in transition.actions { take(action) }
    }

    private mutating func arrive(_ event: RunEvent, after span: FlowDuration?, timer: Int? = nil) {
        order += 1
        arrivals.append(Arrival(at: now.addingTimeInterval(span?.seconds ?? 0), order: order, event: event, timer: timer))
    }

    // MARK: What the machine wants

    private mutating func take(_ action: RunAction) {
        switch action {
        case .recordStep(let record):
            let elapsed = FlowDuration(milliseconds: Int64(now.timeIntervalSince(start) * 1000))
            if record.state.isFinal { steps.append(Step(elapsed: elapsed, record: record)) }
        case .openTask(let request): ask(request)
        case .startTimer(let timer, let seq, let after): arrive(.timerFired(seq: seq, timer), after: after, timer: seq)
        case .stopTimers(let seq): arrivals.removeAll { $0.timer == seq }
        case .awaitEvent(let seq, let kind): listen(for: kind, at: seq)
        case .startChild(let child):
            guard let answer = answer(at: child.seq, "output\": {…}}, as the run of '\(child.flow)' would give") else { return }
            arrive(.childClosed(seq: child.seq, Self.closing(answer)), after: Self.delay(answer))
        case .closeTask, .stopAwaiting, .abandonChild, .closeRun: return
        }
    }

    private func node(at seq: Int) -> String { state.branch(at: seq)?.node ?? "" }

    /// What was written down for the node of a step; that it is missing is noted.
    private mutating func answer(at seq: Int, _ example: String) -> JSONObject? {
        let node = node(at: seq)
        guard let answer = answers.next(node) else {
            missing[node] = "node '\(node)' has no answer: add {\"nodes\": {\"\(node)\": {\"\(example)"
            return nil
        }
        return answer
    }

    private static func delay(_ answer: JSONObject) -> FlowDuration? { answer["after"]?.stringValue.flatMap(FlowDuration.init) }

    private mutating func ask(_ request: PersonRequest) {
        guard let seq = state.branch(asking: request.task)?.seq else { return }
        let example = request.kind == .task ? "answer\": {…}}}}, or {\"timeout\": true}" : "decision\": \"approve\"}}}, or {\"timeout\": true}"
        guard let answer = answer(at: seq, example), answer["timeout"]?.boolValue != true else { return }
        let verdict: PersonAnswer.Verdict = request.kind == .task ? .complete : answer["decision"]?.stringValue == "reject" ? .reject : .approve
        let given = PersonAnswer(
            verdict: verdict, by: answer["by"]?.stringValue ?? "somebody@localhost", comment: answer["comment"]?.stringValue ?? "",
            answer: answer["answer"] ?? .null)
        if let form = request.form {
            for violation in FormSchema(form).violations(of: given.answer) {
                missing[request.title] = "node '\(node(at: seq))': the answer\(violation.pointer) \(violation.message)"
            }
        }
        arrive(.personAnswered(request, given), after: Self.delay(answer))
    }

    private mutating func listen(for kind: String, at seq: Int) {
        guard let answer = answer(at: seq, "event\": {…}}}}, or {\"timeout\": true}"), answer["timeout"]?.boolValue != true else { return }
        let payload = answer["event"] ?? [:]
        guard machine.accepts(payload, at: seq, in: state) else {
            return remarks.append("node '\(node(at: seq))': the event '\(kind)' does not meet 'match', and was not heard")
        }
        arrive(.eventArrived(seq: seq, payload: payload), after: Self.delay(answer))
    }

    private static func closing(_ answer: JSONObject) -> RunClosing {
        guard let error = answer["error"] else { return RunClosing(state: .succeeded, outcome: "success", output: answer["output"] ?? .null) }
        return RunClosing(
            state: .failed, outcome: error["class"]?.stringValue ?? "failure", message: error["message"]?.stringValue ?? "failed in the trial")
    }

    // MARK: What a worker would do

    /// False where nothing is known to answer.
    private mutating func perform(_ work: RunWork) -> Bool {
        switch work {
        case .proceed: send(.proceed)
        case .decide(let question):
            let isDenied = answers.isDenied(question.node)
            if isDenied { _ = answers.next(question.node) }
            let identity = SHA256Digest(hashing: (try? question.input.canonical()) ?? [])
            send(
                .policyAnswered(
                    seq: question.seq,
                    PolicyAnswer(
                        decision: DecisionID(rawValue: DerivedIdentity.uuid(question.request)), verdict: isDenied ? .deny : .allow,
                        input: question.input, enforcedIdentity: identity, receiptDigest: nil, gates: [],
                        reason: isDenied ? "denied in the trial" : "")))
        case .call(let call):
            guard let answer = answers.next(call.node) else {
                remarks.append(
                    "node '\(call.node)' has no answer: add {\"nodes\": {\"\(call.node)\": {\"output\": {…}}}}, or {\"error\": {\"class\": …}}")
                return false
            }
            if let span = Self.delay(answer) { now = now.addingTimeInterval(span.seconds) }
            send(.callFinished(seq: call.seq, Self.result(answer)))
        }
        return true
    }

    private static func result(_ answer: JSONObject) -> CallResult {
        if answer["timeout"]?.boolValue == true {
            return .failed(errorClass: "timeout", message: "no answer in time", retryable: false, retryAfter: nil)
        }
        guard let error = answer["error"] else { return .succeeded(output: answer["output"] ?? [:]) }
        return .failed(
            errorClass: error["class"]?.stringValue ?? "error", message: error["message"]?.stringValue ?? "failed in the trial",
            retryable: error["retryable"]?.boolValue ?? false, retryAfter: nil)
    }
}
