internal import FoundationEssentials
internal import Identity
internal import JSON
internal import Trust

/// One transition in the making.
struct Stepper {
    let document: FlowDocument
    let now: Date
    var state: RunState
    var actions: [RunAction] = []

    init(document: FlowDocument, state: RunState, now: Date) {
        self.document = document
        self.state = state
        self.now = now
    }

    mutating func handle(_ event: RunEvent) {
        switch event {
        case .started:
            guard state.phase == .created else { return }
            start()
        case .policyAnswered(let seq, let answer):
            guard seq == state.seq, case .deciding(let call) = state.phase else { return }
            answered(call, answer)
        case .policyUnusable(let seq, let message):
            guard seq == state.seq, case .deciding(let call) = state.phase else { return }
            refuse(call, "error", message)
        case .callFinished(let seq, let result):
            guard seq == state.seq, case .calling(let call) = state.phase else { return }
            finished(call, result)
        case .personAnswered(let request, let answer):
            guard let open = state.phase.request, open.task == request.task, open.digest == request.digest else { return }
            answered(open, answer)
        case .timerFired(let seq, let timer): fired(timer, seq: seq)
        case .eventArrived(let seq, let payload):
            guard seq == state.seq, case .awaiting = state.phase else { return }
            actions += [.stopTimers(seq: seq), .stopAwaiting(seq: seq)]
            leave(by: "event", output: payload)
        case .stopRequested(let stop): requestStop(stop)
        }
    }

    // MARK: Moving

    private mutating func start() {
        guard let node = document.node(state.node), case .trigger(let trigger) = node.kind else {
            return fail("the version has no node '\(state.node)'", "document")
        }
        if let deadline = document.deadline { actions.append(.startTimer(.deadline, seq: 0, after: deadline)) }
        record(.succeeded, port: "next", output: state.trigger)
        state.steps[state.node] = ["port": "next"]
        enter(trigger.next)
    }

    /// Goes on to node `id`, and through every node that needs nobody.
    mutating func enter(_ id: String) {
        if let stop = state.stop { return close(stop) }
        guard state.seq + 1 < RunMachine.maximumSteps else { return fail("the run has taken \(RunMachine.maximumSteps) steps", "too-many-steps") }
        guard let node = document.node(id) else { return fail("the version has no node '\(id)'", "document") }
        state.seq += 1
        state.node = id
        state.phase = .moving
        switch node.kind {
        case .trigger: fail("nothing can lead back to the trigger", "document")
        case .call(let call): begin(call)
        case .decide(let decide): choose(decide)
        case .approve(let approve): ask(approve)
        case .task(let task): ask(task)
        case .wait(let wait): begin(wait)
        case .end(let end): finish(end)
        // Publishing refuses these (`EngineSupport`); a version that came by another way stops here and says so.
        case .parallel, .each, .assign, .guard, .subflow, .agent: fail("this engine does not run '\(node.type)'", "document")
        }
    }

    /// Ends the current step and takes its port.
    mutating func leave(by port: String, as outcome: StepRecord.State = .succeeded, output: JSONValue? = nil, error: JSONObject? = nil) {
        var left: JSONObject = ["port": .string(port)]
        left["output"] = output
        left["error"] = error.map(JSONValue.object)
        let message = error?["message"]?.stringValue ?? ""
        record(outcome, port: port, output: output ?? .null, error: message)
        state.steps[state.node] = .object(left)
        // A port that was left open on purpose (a call's `timeout` and `denied`) leads where `error` leads.
        guard let node = document.node(state.node), let target = node.target(of: port) ?? node.target(of: "error") else {
            return fail("port '\(port)' of '\(state.node)' leads nowhere", "document")
        }
        enter(target)
    }

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

    private mutating func begin(_ wait: WaitNode) {
        switch wait.condition {
        case .time(let duration):
            state.phase = .sleeping
            record(.waiting, input: ["for": .string(duration.description)])
            actions.append(.startTimer(.wait, seq: state.seq, after: duration))
        case .event(let kind, _, let timeout):
            state.phase = .awaiting(kind: kind)
            record(.waiting, input: ["event": .string(kind), "timeout": .string(timeout.description)])
            actions += [.awaitEvent(seq: state.seq, kind: kind), .startTimer(.wait, seq: state.seq, after: timeout)]
        case .computed, .moment: fail("this engine does not run a wait whose time is computed", "document")
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
            close(RunClosing(state: closing, outcome: end.outcome.rawValue, message: endMessage(end), output: output))
        } catch {
            failStep(error.description)
        }
    }

    private func endMessage(_ end: EndNode) -> String { end.outcome == .success ? "" : document.node(state.node)?.title ?? "" }

    // MARK: Time

    private mutating func fired(_ timer: RunTimer, seq: Int) {
        if timer == .deadline {
            return requestStop(
                RunStop(cause: .deadline, by: "", reason: "the run took longer than \(document.deadline?.description ?? "its deadline")"))
        }
        guard seq == state.seq else { return }
        switch (timer, state.phase) {
        case (.wait, .sleeping): leave(by: "elapsed")
        case (.wait, .awaiting):
            actions.append(.stopAwaiting(seq: seq))
            leave(by: "timeout", as: .timedOut)
        case (.retry, .backingOff(let pending, _)): call(again: pending)
        case (.answer, let phase):
            guard let request = phase.request else { return }
            actions.append(.closeTask(request.task, .expired, nil))
            expired(request)
        default: return
        }
    }

    // MARK: Stopping

    private mutating func requestStop(_ stop: RunStop) {
        state.stop = state.stop ?? stop
        // What is under way outside is waited for: its result belongs to the run's record.
        if case .calling = state.phase { return }
        close(state.stop ?? stop)
    }

    mutating func close(_ stop: RunStop) {
        if !isRecorded { record(.skipped, error: stop.reason) }
        switch stop.cause {
        case .cancelled: close(RunClosing(state: .cancelled, outcome: "cancelled", message: "\(stop.by): \(stop.reason)"))
        case .deadline: close(RunClosing(state: .failed, outcome: "deadline", message: stop.reason))
        }
    }

    /// Whether the current step has its final row.
    private var isRecorded: Bool {
        actions.contains { if case .recordStep(let record) = $0 { record.seq == state.seq && record.state.isFinal } else { false } }
    }

    /// A step that has no port for what went wrong.
    mutating func failStep(_ message: String) {
        record(.failed, error: message)
        fail("\(state.node): \(message)", "expression")
    }

    mutating func fail(_ message: String, _ outcome: String) {
        close(RunClosing(state: .failed, outcome: outcome, message: message))
    }

    private mutating func close(_ closing: RunClosing) {
        if let request = state.phase.request, !isClosing(request.task) { actions.append(.closeTask(request.task, .cancelled, nil)) }
        if case .awaiting = state.phase { actions.append(.stopAwaiting(seq: state.seq)) }
        actions += [.stopTimers(seq: state.seq), .stopTimers(seq: 0), .closeRun(closing)]
        state.phase = .closed(closing)
    }

    private func isClosing(_ task: TaskID) -> Bool {
        actions.contains { if case .closeTask(let closed, _, _) = $0 { closed == task } else { false } }
    }

    // MARK: Records

    var scope: Scope {
        Scope(
            trigger: state.trigger,
            run: [
                "id": .string(state.run.description), "flow": .string(state.flow), "version": .string(state.version.hex),
                "started_by": .string(state.principal.id), "started_at": .string(Timestamp.text(state.startedAt)), "node": .string(state.node),
            ],
            steps: state.steps)
    }

    mutating func record(_ outcome: StepRecord.State, port: String = "", input: JSONValue = .null, output: JSONValue = .null, error: String = "") {
        guard let node = document.node(state.node) else { return }
        var record = StepRecord(
            seq: state.seq, node: node.id, type: node.type, title: node.title, state: outcome, attempt: 1, input: input, output: output, error: error,
            port: port)
        let call = state.phase.call
        if let call {
            record.attempt = call.attempt
            record.decision = call.answer?.decision
            record.input = call.answer?.input ?? call.input
        }
        if let request = state.phase.request {
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
    var call: PendingCall? {
        switch self {
        case .deciding(let call), .gated(let call, _), .calling(let call), .backingOff(let call, _), .clarifying(let call, _): call
        default: nil
        }
    }
}
