internal import FoundationEssentials
internal import Identity
internal import JSON
internal import Trust

/// A call: policy, perhaps a person, then the connector. A guard is the first two of them.
extension Stepper {
    mutating func begin(_ node: CallNode) {
        do throws(ExpressionFailure) {
            decide(PendingCall(operation: node.operation, resource: .connector(node.connector), input: try node.input.resolve(scope)))
        } catch {
            leave(by: "error", as: .failed, error: ["class": "expression", "message": .string(error.description)])
        }
    }

    mutating func begin(_ node: GuardNode) {
        do throws(ExpressionFailure) {
            let resource = try node.resource.resolve(scope)
            guard let type = resource["type"]?.stringValue, let id = resource["id"]?.stringValue else {
                return leave(by: "error", as: .failed, error: ["class": "expression", "message": "the resource's type and id must be texts"])
            }
            decide(PendingCall(operation: node.action, resource: PolicyResource(type: type, id: id), input: try node.context.resolve(scope)))
        } catch {
            leave(by: "error", as: .failed, error: ["class": "expression", "message": .string(error.description)])
        }
    }

    mutating func decide(_ call: PendingCall) {
        at?.phase = .deciding(call)
        record(.started)
    }

    mutating func answered(_ call: PendingCall, _ answer: PolicyAnswer) {
        var call = call
        call.answer = answer
        switch answer.verdict {
        case .deny: refuse(call, "denied", answer.reason)
        case .allow, .redact: allowed(call, answer)
        case .requireApproval, .redactAndRequireApproval:
            guard let gate = answer.gates.first, call.gatesOpened < RunMachine.maximumGates else {
                return refuse(call, "denied", "\(answer.reason) (no approval can open it)")
            }
            gated(call, answer, by: gate)
        }
    }

    private mutating func allowed(_ call: PendingCall, _ answer: PolicyAnswer) {
        at?.phase = .calling(call)
        if case .guard? = at.flatMap({ document.node($0.node) })?.kind {
            leave(by: "allowed", output: ["decision": .string(answer.decision.description), "input": answer.input])
        } else {
            record(.started)
        }
    }

    private mutating func gated(_ call: PendingCall, _ answer: PolicyAnswer, by gate: PolicyAnswer.Gate) {
        guard let branch = at, let node = document.node(branch.node) else { return }
        var call = call
        call.gatesOpened += 1
        let standing = if case .call(let definition) = node.kind { definition.approvalTTL } else { CallNode.defaultApprovalTTL }
        let ttl = gate.ttlSeconds > 0 ? FlowDuration(milliseconds: min(Int64(gate.ttlSeconds) * 1000, FlowDuration.maximum.milliseconds)) : standing
        let subject = approvalSubject(["action": .string(call.operation), "resource": .string(call.resource.id), "inputs": answer.input])
        guard
            let request = request(
                .approval, role: gate.role, title: node.title, subject: subject, excluded: [], ttl: ttl, reason: answer.reason,
                decision: answer.decision, ordinal: call.gatesOpened)
        else { return refuse(call, "error", "the input has no canonical form that could be approved") }
        at?.phase = .gated(call, request)
        open(request)
    }

    /// Ends a call that must not take place.
    mutating func refuse(_ call: PendingCall, _ port: String, _ message: String) {
        at?.phase = .calling(call)
        leave(by: port, as: .failed, error: ["class": .string(port == "denied" ? "denied" : "refused"), "message": .string(message)])
    }

    /// A person opened the gate: policy is asked again, with the grant.
    mutating func granted(_ call: PendingCall, _ request: PersonRequest, by approver: String) {
        guard let answer = call.answer else { return refuse(call, "error", "the approval belongs to no decision") }
        var call = call
        let expires = now.micros + request.ttl.milliseconds * 1000
        call.grants.append(
            ApprovalGrant(role: request.role, approver: approver, task: request.task, enforcedIdentity: answer.enforcedIdentity, expires: expires))
        decide(call)
    }

    // MARK: The connector's answer

    mutating func finished(_ call: PendingCall, _ result: CallResult) {
        switch result {
        case .succeeded(let output): leave(by: "success", output: output)
        case .failed(let errorClass, let message, let retryable, let retryAfter):
            let error: JSONObject = ["class": .string(errorClass), "message": .string(message)]
            if retryable, at?.isCalledOff == false, let delay = nextDelay(after: call, retryAfter) { return backOff(call, delay, message) }
            let isTimeout = errorClass == "timeout"
            leave(by: isTimeout ? "timeout" : "error", as: isTimeout ? .timedOut : .failed, error: error)
        case .mayHaveRun(let message):
            guard at?.isCalledOff == false else {
                // Nobody is asked on behalf of what was called off; the record says that nobody knows.
                return leave(by: "error", as: .mayHaveRun, error: ["class": "may-have-run", "message": .string(message)])
            }
            clarify(call, message)
        }
    }

    private func nextDelay(after call: PendingCall, _ retryAfter: FlowDuration?) -> FlowDuration? {
        guard let node = at.flatMap({ document.node($0.node) }), case .call(let definition) = node.kind, call.attempt < definition.retry.attempts
        else {
            return nil
        }
        let doubled = definition.retry.backoff.milliseconds << Int64(min(call.attempt - 1, 20))
        return FlowDuration(milliseconds: max(min(doubled, 3_600_000), retryAfter?.milliseconds ?? 0))
    }

    private mutating func backOff(_ call: PendingCall, _ delay: FlowDuration, _ message: String) {
        at?.phase = .backingOff(call, reason: message)
        record(.waiting, error: message)
        actions.append(.startTimer(.retry, seq: seq, after: delay))
    }

    mutating func call(again call: PendingCall) {
        var call = call
        call.attempt += 1
        at?.phase = .calling(call)
        record(.started)
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
        at?.phase = .clarifying(call, request)
        record(.mayHaveRun)
        actions += [.openTask(request), .startTimer(.answer, seq: seq, after: request.ttl)]
    }

    // MARK: What is outstanding

    static func question(_ call: PendingCall, _ state: RunState, _ branch: RunBranch) -> PolicyQuestion {
        let parts = [
            "decide", state.tenant.description, state.run.description, String(branch.seq), String(call.gatesOpened), String(call.grants.count),
        ]
        return PolicyQuestion(
            seq: branch.seq, node: branch.node, principal: state.principal, action: call.operation, resource: call.resource, input: call.input,
            grants: call.grants, request: DerivedIdentity.digest(parts))
    }

    static func call(_ call: PendingCall, _ state: RunState, _ branch: RunBranch, _ document: FlowDocument) -> ConnectorCall? {
        guard let answer = call.answer, case .call(let definition)? = document.node(branch.node)?.kind else { return nil }
        return ConnectorCall(
            seq: branch.seq, node: branch.node, operation: call.operation, input: answer.input, attempt: call.attempt,
            idempotencyKey: DerivedIdentity.idempotencyKey(tenant: state.tenant, run: state.run, seq: branch.seq), decision: answer.decision,
            decisionReceipt: answer.receiptDigest, enforcedIdentity: answer.enforcedIdentity, timeout: definition.timeout)
    }
}
