internal import FoundationEssentials
internal import Identity
internal import JSON
internal import Trust

/// A call: policy, perhaps a person, then the connector.
extension Stepper {
    mutating func begin(_ node: CallNode) {
        do throws(ExpressionFailure) {
            let call = PendingCall(operation: node.operation, input: try node.input.resolve(scope))
            decide(call, outcome: .started)
        } catch {
            leave(by: "error", as: .failed, error: ["class": "expression", "message": .string(error.description)])
        }
    }

    private mutating func decide(_ call: PendingCall, outcome: StepRecord.State) {
        state.phase = .deciding(call)
        record(outcome)
        emitOutstanding()
    }

    mutating func answered(_ call: PendingCall, _ answer: PolicyAnswer) {
        var call = call
        call.answer = answer
        switch answer.verdict {
        case .deny: refuse(call, "denied", answer.reason)
        case .allow, .redact:
            state.phase = .calling(call)
            record(.started)
            emitOutstanding()
        case .requireApproval, .redactAndRequireApproval:
            guard let gate = answer.gates.first, call.gatesOpened < RunMachine.maximumGates else {
                return refuse(call, "denied", "\(answer.reason) (no approval can open it)")
            }
            gated(call, answer, by: gate)
        }
    }

    private mutating func gated(_ call: PendingCall, _ answer: PolicyAnswer, by gate: PolicyAnswer.Gate) {
        guard let node = document.node(state.node), case .call(let definition) = node.kind else {
            return fail("the version has no node '\(state.node)'", "document")
        }
        var call = call
        call.gatesOpened += 1
        let ttl =
            gate.ttlSeconds > 0
            ? FlowDuration(milliseconds: min(Int64(gate.ttlSeconds) * 1000, FlowDuration.maximum.milliseconds)) : definition.approvalTTL
        let subject = approvalSubject(["action": .string(call.operation), "resource": .string(definition.connector), "inputs": answer.input])
        guard
            let request = request(
                .approval, role: gate.role, title: node.title, subject: subject, excluded: [], ttl: ttl, reason: answer.reason,
                decision: answer.decision,
                ordinal: call.gatesOpened)
        else { return refuse(call, "error", "the input has no canonical form that could be approved") }
        state.phase = .gated(call, request)
        open(request)
    }

    /// Ends a call that must not take place.
    mutating func refuse(_ call: PendingCall, _ port: String, _ message: String) {
        state.phase = .calling(call)
        leave(by: port, as: .failed, error: ["class": .string(port == "denied" ? "denied" : "refused"), "message": .string(message)])
    }

    /// A person opened the gate: policy is asked again, with the grant.
    mutating func granted(_ call: PendingCall, _ request: PersonRequest, by approver: String) {
        guard let answer = call.answer else { return refuse(call, "error", "the approval belongs to no decision") }
        var call = call
        let expires = now.micros + request.ttl.milliseconds * 1000
        call.grants.append(
            ApprovalGrant(role: request.role, approver: approver, task: request.task, enforcedIdentity: answer.enforcedIdentity, expires: expires))
        decide(call, outcome: .started)
    }

    // MARK: The connector's answer

    mutating func finished(_ call: PendingCall, _ result: CallResult) {
        switch result {
        case .succeeded(let output): leave(by: "success", output: output)
        case .failed(let errorClass, let message, let retryable, let retryAfter):
            let error: JSONObject = ["class": .string(errorClass), "message": .string(message)]
            if retryable, state.stop == nil, let delay = nextDelay(after: call, retryAfter) { return backOff(call, delay, message) }
            let isTimeout = errorClass == "timeout"
            leave(by: isTimeout ? "timeout" : "error", as: isTimeout ? .timedOut : .failed, error: error)
        case .mayHaveRun(let message):
            if let stop = state.stop {
                // Nobody is asked on behalf of a run that ends; the record says that nobody knows.
                record(.mayHaveRun, port: "error", error: message)
                return close(stop)
            }
            clarify(call, message)
        }
    }

    private func nextDelay(after call: PendingCall, _ retryAfter: FlowDuration?) -> FlowDuration? {
        guard let node = document.node(state.node), case .call(let definition) = node.kind, call.attempt < definition.retry.attempts else {
            return nil
        }
        let doubled = definition.retry.backoff.milliseconds << Int64(min(call.attempt - 1, 20))
        return FlowDuration(milliseconds: max(min(doubled, 3_600_000), retryAfter?.milliseconds ?? 0))
    }

    private mutating func backOff(_ call: PendingCall, _ delay: FlowDuration, _ message: String) {
        state.phase = .backingOff(call, reason: message)
        record(.waiting, error: message)
        actions.append(.startTimer(.retry, seq: state.seq, after: delay))
    }

    mutating func call(again call: PendingCall) {
        var call = call
        call.attempt += 1
        state.phase = .calling(call)
        record(.started)
        emitOutstanding()
    }

    private mutating func clarify(_ call: PendingCall, _ message: String) {
        let subject = approvalSubject(["action": .string(call.operation), "inputs": call.answer?.input ?? call.input, "message": .string(message)])
        let form: JSONObject = [
            "type": "object", "required": ["ran"], "additionalProperties": false,
            "properties": ["ran": ["type": "boolean", "title": "Did it take place?"], "note": ["type": "string", "maxLength": 2000]],
        ]
        guard
            let request = request(
                .task, role: "operator", title: "Did \(call.operation) take place?", subject: subject, excluded: [], form: form,
                ttl: CallNode.defaultApprovalTTL,
                reason: message, decision: call.answer?.decision, ordinal: 100)
        else { return leave(by: "error", as: .mayHaveRun, error: ["class": "may-have-run", "message": .string(message)]) }
        state.phase = .clarifying(call, request)
        record(.mayHaveRun)
        actions += [.openTask(request), .startTimer(.answer, seq: state.seq, after: request.ttl)]
    }

    // MARK: What is outstanding

    private mutating func emitOutstanding() {
        if let node = document.node(state.node), let action = Self.outstanding(state, node) { actions.append(action) }
    }

    static func outstanding(_ state: RunState, _ node: FlowNode) -> RunAction? {
        guard case .call(let definition) = node.kind else { return nil }
        switch state.phase {
        case .deciding(let call):
            let parts = [
                "decide", state.tenant.description, state.run.description, String(state.seq), String(call.gatesOpened), String(call.grants.count),
            ]
            return .decidePolicy(
                PolicyQuestion(
                    seq: state.seq, node: node.id, principal: state.principal, action: call.operation, resource: definition.connector,
                    input: call.input,
                    grants: call.grants, request: DerivedIdentity.digest(parts)))
        case .calling(let call):
            guard let answer = call.answer else { return nil }
            return .callConnector(
                ConnectorCall(
                    seq: state.seq, node: node.id, operation: call.operation, input: answer.input, attempt: call.attempt,
                    idempotencyKey: DerivedIdentity.idempotencyKey(tenant: state.tenant, run: state.run, seq: state.seq), decision: answer.decision,
                    decisionReceipt: answer.receiptDigest, enforcedIdentity: answer.enforcedIdentity, timeout: definition.timeout))
        default: return nil
        }
    }
}
