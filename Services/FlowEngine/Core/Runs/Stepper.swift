internal import FoundationEssentials
internal import Identity
internal import JSON
internal import Trust

/// One transition in the making. One branch at a time is in hand (`at`); it goes on until it waits for something, then the next one that was
/// begun meanwhile is taken up.
struct Stepper {
    let document: FlowDocument
    let now: Date
    var state: RunState
    var actions: [RunAction] = []

    /// The branch in hand; it stands in no list meanwhile. Nil when it is over.
    var at: RunBranch?
    /// Where the branch in hand goes next.
    var next: String?
    /// What the step that it leaves has left behind.
    var lastOutput: JSONValue = .null
    private var stepsLeft = RunMachine.stepsPerTransition

    init(document: FlowDocument, state: RunState, now: Date) {
        self.document = document
        self.state = state
        self.now = now
    }

    mutating func handle(_ event: RunEvent) {
        guard accept(event) else { return }
        walk()
        settle()
    }

    /// False where the event comes late, or is for nobody: it changes nothing.
    private mutating func accept(_ event: RunEvent) -> Bool {
        switch event {
        case .started: return takeUp(seq: 0, where: { $0 == .created }) { $0.start() }
        case .forked(let node): return takeUp(seq: 0, where: { $0 == .created }) { $0.start(at: node) }
        case .proceed: return state.pause == nil && proceed()
        case .policyAnswered(let seq, let answer): return whileDeciding(seq) { $0.answered($1, answer) }
        case .policyUnusable(let seq, let message): return whileDeciding(seq) { $0.refuse($1, "error", message) }
        case .callFinished(let seq, let result):
            guard case .calling(let call)? = state.branch(at: seq)?.phase else { return false }
            return takeUp(seq: seq) { $0.finished(call, result) }
        case .personAnswered(let request, let answer):
            guard let open = state.branch(asking: request.task), let asked = open.phase.request, asked.digest == request.digest else { return false }
            return takeUp(seq: open.seq) { $0.answered(asked, answer) }
        case .timerFired(let seq, let timer): return fired(timer, seq: seq)
        case .eventArrived(let seq, let payload):
            guard case .awaiting? = state.branch(at: seq)?.phase else { return false }
            return takeUp(seq: seq) {
                $0.actions += [.stopTimers(seq: seq), .stopAwaiting(seq: seq)]
                $0.leave(by: "event", output: payload)
            }
        case .childClosed(let seq, let closing):
            guard case .running? = state.branch(at: seq)?.phase else { return false }
            return takeUp(seq: seq) { $0.childClosed(closing) }
        case .stopRequested(let stop): return requestStop(stop)
        case .pauseRequested(let pause):
            guard state.pause == nil, state.ending == nil else { return false }
            state.pause = pause
            return true
        case .resumeRequested:
            guard state.pause != nil else { return false }
            state.pause = nil
            return true
        case .skipRequested(let seq, let port, let output, let by, let reason): return skip(seq, port, output, "\(by): \(reason)")
        case .variableSet(let path, let value):
            guard !path.isEmpty else { return false }
            state.set(path, to: value, by: nil)
            return true
        }
    }

    private mutating func whileDeciding(_ seq: Int, _ body: (inout Stepper, PendingCall) -> Void) -> Bool {
        guard case .deciding(let call)? = state.branch(at: seq)?.phase else { return false }
        return takeUp(seq: seq) { body(&$0, call) }
    }

    /// Takes the branch of this step in hand.
    mutating func takeUp(seq: Int, where fits: (RunPhase) -> Bool = { _ in true }, _ body: (inout Stepper) -> Void) -> Bool {
        guard let place = state.branches.firstIndex(where: { $0.seq == seq && fits($0.phase) }) else { return false }
        at = state.branches.remove(at: place)
        body(&self)
        return true
    }

    // MARK: Moving

    /// Goes on with the branch in hand, and with every branch that was begun, until each of them waits for something.
    private mutating func walk() {
        while true {
            if let target = next {
                next = nil
                enter(target)
            } else {
                putBack()
                guard state.pause == nil, stepsLeft > 0, let ready = state.branches.firstIndex(where: { $0.phase.next != nil }) else { return }
                at = state.branches.remove(at: ready)
                next = at?.phase.next
            }
        }
    }

    /// The main branch stands first; the others in the order of their steps.
    private mutating func putBack() {
        guard let branch = at else { return }
        at = nil
        let place =
            state.branches.firstIndex { $0.scope != nil && branch.scope == nil || $0.seq > branch.seq && $0.scope != nil } ?? state.branches.count
        state.branches.insert(branch, at: place)
    }

    /// - Parameter node: Where it goes on, if not at the trigger's own port.
    private mutating func start(at node: String? = nil) {
        guard let branch = at, case .trigger(let trigger)? = document.node(branch.node)?.kind else {
            return failRun("the version has no node '\(at?.node ?? "")'", "document")
        }
        if let deadline = document.deadline { actions.append(.startTimer(.deadline, seq: 0, after: deadline)) }
        record(.succeeded, port: "next", output: state.trigger)
        state.steps[branch.node] = ["port": "next"]
        next = node ?? trigger.next
    }

    private mutating func proceed() -> Bool { state.branches.contains { $0.phase.next != nil } }

    /// Goes on to node `id`. Nodes that need nobody are over at once.
    private mutating func enter(_ id: String) {
        guard at != nil else { return }
        if let open = state.openScope(at?.scope), open.node == id { return finishBranch() }
        // Paused, or enough for one transaction: the rest is due at once, after others had their turn.
        guard state.pause == nil, stepsLeft > 0 else {
            at?.phase = .ready(next: id)
            return
        }
        guard state.lastSeq + 1 < RunMachine.maximumSteps else {
            return failRun("the run has taken \(RunMachine.maximumSteps) steps", "too-many-steps")
        }
        guard let node = document.node(id) else { return failRun("the version has no node '\(id)'", "document") }
        stepsLeft -= 1
        state.lastSeq += 1
        at?.seq = state.lastSeq
        at?.node = id
        at?.phase = .ready(next: id)
        begin(node)
    }

    private mutating func begin(_ node: FlowNode) {
        switch node.kind {
        case .trigger: failRun("nothing can lead back to the trigger", "document")
        case .call(let call): begin(call)
        case .decide(let decide): choose(decide)
        case .approve(let approve): ask(approve)
        case .task(let task): ask(task)
        case .wait(let wait): begin(wait)
        case .parallel(let parallel): begin(parallel)
        case .each(let each): begin(each)
        case .assign(let assign): begin(assign)
        case .guard(let question): begin(question)
        case .subflow(let subflow): begin(subflow)
        case .end(let end): finish(end)
        // Publishing refuses these (`EngineSupport`); a version that came by another way stops here and says so.
        case .agent: failRun("this engine does not run '\(node.type)'", "document")
        }
    }

    /// Ends the current step and takes its port.
    mutating func leave(by port: String, as outcome: StepRecord.State = .succeeded, output: JSONValue? = nil, error: JSONObject? = nil) {
        guard let branch = at else { return }
        record(outcome, port: port, output: output ?? .null, error: error?["message"]?.stringValue ?? "")
        if branch.isCompensation { return takenBack(outcome, error) }
        remember(outcome, output)
        lastOutput = output ?? .null
        guard !branch.isCalledOff else {
            at = nil
            return
        }
        var left: JSONObject = ["port": .string(port)]
        left["output"] = output
        left["error"] = error.map(JSONValue.object)
        state.leave(left, by: branch)
        // A port that was left open on purpose (a call's `timeout` and `denied`) leads where `error` leads.
        guard let node = document.node(branch.node), let target = node.target(of: port) ?? node.target(of: "error") else {
            return failRun("port '\(port)' of '\(branch.node)' leads nowhere", "document")
        }
        next = target
    }

    // MARK: Nodes that need nobody

    private mutating func choose(_ decide: DecideNode) {
        do throws(ExpressionFailure) {
            for (index, branch) in decide.branches.enumerated() where try branch.condition.holds(scope) {
                return leave(by: "branch:\(index + 1)", output: ["branch": .int(Int64(index + 1)), "title": .string(branch.title)])
            }
            leave(by: "otherwise", output: ["branch": 0, "title": ""])
        } catch {
            failStep(error.description)
        }
    }

    private mutating func begin(_ assign: AssignNode) {
        do throws(ExpressionFailure) {
            // All values are computed before the first is set.
            let values = try assign.values.resolve(scope)
            for (name, value) in values.objectValue ?? [:] { state.set(name.split(separator: ".").map(String.init), to: value, by: at) }
            leave(by: "next", output: values)
        } catch {
            failStep(error.description)
        }
    }

    private mutating func finish(_ end: EndNode) {
        do throws(ExpressionFailure) {
            let output = try end.output.resolve(scope)
            record(.succeeded, port: "", output: output)
            let closing: RunClosing.State =
                switch end.outcome {
                case .success: .succeeded
                case .failure: .failed
                // A rejection is no failure: the work was called off by somebody who may.
                case .rejected: .cancelled
                }
            let message = end.outcome == .success ? "" : at.flatMap { document.node($0.node)?.title } ?? ""
            close(RunClosing(state: closing, outcome: end.outcome.rawValue, message: message, output: output))
        } catch {
            failStep(error.description)
        }
    }

    // MARK: What every step uses

    var scope: Scope { at.map { state.scope(of: $0, document) } ?? Scope(trigger: state.trigger) }

    /// Of the branch in hand.
    var seq: Int { at?.seq ?? state.lastSeq }

    mutating func record(_ outcome: StepRecord.State, port: String = "", input: JSONValue = .null, output: JSONValue = .null, error: String = "") {
        guard let branch = at, let node = document.node(branch.node) else { return }
        var record = StepRecord(
            seq: branch.seq, node: node.id, type: branch.isCompensation ? "compensation" : node.type, title: node.title, state: outcome, attempt: 1,
            input: input,
            output: output, error: error, port: port)
        let call = branch.phase.call
        if let call {
            record.attempt = call.attempt
            record.decision = call.answer?.decision
            record.input = call.answer?.input ?? call.input
        }
        if let request = branch.phase.request {
            record.task = request.task
            // A title that is a template stands resolved in what the person was asked.
            if call == nil { record.title = request.title }
            record.decision = record.decision ?? request.decision
            if record.input.isNull { record.input = request.subject["inputs"] ?? .null }
        }
        actions.append(.recordStep(record))
    }
}

extension RunPhase {
    var next: String? { if case .ready(let next) = self { next } else { nil } }
}
