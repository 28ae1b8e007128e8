internal import JSON

/// How a run ends: what is under way outside is waited for, what was done is taken back if it must be, and then it closes, once.
extension Stepper {
    mutating func requestStop(_ stop: RunStop) -> Bool {
        guard state.ending == nil else { return false }
        state.pause = nil
        close(stop.closing)
        return true
    }

    /// A step that has no port for what went wrong.
    mutating func failStep(_ message: String) {
        guard let branch = at else { return }
        record(.failed, error: message)
        if branch.isCompensation { return takenBack(.failed, ["message": .string(message)]) }
        let told = "\(branch.node): \(message)"
        if let scope = branch.scope { failScope(scope, told) } else { failRun(told, "expression") }
    }

    mutating func failRun(_ message: String, _ outcome: String) { close(RunClosing(state: .failed, outcome: outcome, message: message)) }

    mutating func close(_ closing: RunClosing) {
        state.ending = state.ending ?? closing
        if let branch = at, !isRecorded(branch.seq) { state.branches.append(branch) }
        at = nil
        next = nil
        callOff(state.branches, closing.message.isEmpty ? "the run ends" : closing.message)
        state.scopes = []
    }

    /// Whether the step has its final row.
    private func isRecorded(_ seq: Int) -> Bool {
        actions.contains { if case .recordStep(let record) = $0 { record.seq == seq && record.state.isFinal } else { false } }
    }

    /// The end of every transition.
    mutating func settle() {
        while state.branches.isEmpty, let ending = state.ending, ending.state != .succeeded, let last = state.compensations.popLast() {
            takeBack(last)
        }
        guard state.branches.isEmpty, let ending = state.ending else { return }
        actions += [.stopTimers(seq: 0), .closeRun(ending)]
        state.closing = ending
    }

    // MARK: Taking back

    /// Keeps how to take a call back, with the values of now.
    mutating func remember(_ outcome: StepRecord.State, _ output: JSONValue?) {
        guard outcome == .succeeded || outcome == .mayHaveRun, let output, let branch = at,
            case .call(let call)? = document.node(branch.node)?.kind, let compensation = call.compensation
        else { return }
        var scope = scope
        scope.steps[branch.node] = ["port": "success", "output": output]
        do throws(ExpressionFailure) {
            state.compensations.append(
                Compensation(node: branch.node, seq: branch.seq, operation: compensation.operation, input: try compensation.input.resolve(scope)))
        } catch {
            // The run goes on; should it fail, this is what could not be taken back.
            state.compensations.append(Compensation(node: branch.node, seq: branch.seq, operation: compensation.operation, input: .null))
        }
    }

    private mutating func takeBack(_ call: Compensation) {
        state.lastSeq += 1
        var branch = RunBranch(seq: state.lastSeq, node: call.node, phase: .ready(next: call.node))
        branch.isCompensation = true
        at = branch
        let connector = String(call.operation.prefix { $0 != "." })
        if call.input.isNull {
            leave(
                by: "error", as: .failed,
                error: ["class": "expression", "message": "step \(call.seq) cannot be taken back: the input of \(call.operation) has no value"])
        } else {
            decide(PendingCall(operation: call.operation, resource: .connector(connector), input: call.input))
        }
        if let branch = at { state.branches.append(branch) }
        at = nil
    }

    /// The run ends as it was going to; what could not be taken back is said.
    mutating func takenBack(_ outcome: StepRecord.State, _ error: JSONObject?) {
        guard let branch = at else { return }
        at = nil
        guard outcome != .succeeded, var ending = state.ending else { return }
        let message = "'\(branch.node)' was not taken back: \(error?["message"]?.stringValue ?? outcome.rawValue)"
        ending.message = ending.message.isEmpty ? message : "\(ending.message); \(message)"
        state.ending = ending
    }

    // MARK: By hand

    /// A call that is under way is waited for; everything else can be let be.
    mutating func skip(_ seq: Int, _ port: String, _ output: JSONValue, _ reason: String) -> Bool {
        guard let branch = state.branch(at: seq), !branch.isCompensation, branch.phase.isSkippable, let node = document.node(branch.node),
            node.exits.contains(port), SkipAuthority.refusal(node, port: port, roles: nil) == nil
        else { return false }
        if case .joining = branch.phase { callOff(inside: seq, reason) }
        return takeUp(seq: seq) {
            if let request = branch.phase.request { $0.actions.append(.closeTask(request.task, .cancelled, nil)) }
            if case .awaiting = branch.phase { $0.actions.append(.stopAwaiting(seq: seq)) }
            if case .running(let child) = branch.phase { $0.actions.append(.abandonChild(child, reason: reason)) }
            $0.actions.append(.stopTimers(seq: seq))
            let outcome: StepRecord.State = if case .clarifying = branch.phase { .mayHaveRun } else { .skipped }
            $0.leave(by: port, as: outcome, output: output.isNull ? nil : output, error: ["class": "skipped", "message": .string(reason)])
        }
    }
}

extension RunPhase {
    var isSkippable: Bool {
        switch self {
        case .calling, .created, .ready: false
        default: true
        }
    }
}
