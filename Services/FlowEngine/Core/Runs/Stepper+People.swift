internal import Identity
internal import JSON
internal import Trust

/// What people are asked, and what their answers do.
extension Stepper {
    mutating func ask(_ node: ApproveNode) {
        do throws(ExpressionFailure) {
            let title = try node.title.resolve(scope).insertedTitle
            let inputs = try node.inputs.resolve(scope)
            let excluded = try node.excluded.resolve(scope).arrayValue?.compactMap(\.stringValue) ?? []
            var facts: JSONObject = ["action": .string("flow.approve"), "title": .string(title), "inputs": inputs]
            // Who must approve is signed with what is approved.
            if !node.plan.isSingle { facts["plan"] = node.plan.json }
            let subject = approvalSubject(facts)
            guard
                let request = request(
                    .approval, role: node.role, title: title, subject: subject, excluded: excluded, ttl: node.ttl,
                    reason: "the flow asks for an approval here", ordinal: 1)
            else { return failStep("the inputs have no canonical form that could be approved") }
            at?.phase = .approving(request)
            open(request)
        } catch {
            failStep(error.description)
        }
    }

    mutating func ask(_ node: TaskNode) {
        do throws(ExpressionFailure) {
            let title = try node.title.resolve(scope).insertedTitle
            let subject = approvalSubject(["action": .string("flow.task"), "title": .string(title), "inputs": try node.inputs.resolve(scope)])
            guard
                let request = request(
                    .task, role: node.role, title: title, subject: subject, excluded: [], form: node.form?.document, ttl: node.ttl,
                    reason: "the flow asks for this to be done", ordinal: 1)
            else { return failStep("the inputs have no canonical form") }
            at?.phase = .working(request)
            open(request)
        } catch {
            failStep(error.description)
        }
    }

    /// What an approver signs: the facts of the call, the run, and the version that defines it.
    func approvalSubject(_ facts: JSONObject) -> JSONValue {
        var subject: JSONObject = [
            "flow": .string(state.flow), "version": .string(state.version.hex), "run": .string(state.run.description),
            "node": .string(at?.node ?? ""),
            "seq": .int(Int64(seq)), "requested_by": .string(state.principal.id),
        ]
        for (name, value) in facts { subject[name] = value }
        return .object(subject)
    }

    /// Nil where the subject cannot be signed. Whoever started the run is always excluded from approving it.
    func request(
        _ kind: PersonRequest.Kind, role: String, title: String, subject: JSONValue, excluded: [String], form: JSONObject? = nil, ttl: FlowDuration,
        reason: String, decision: DecisionID? = nil, ordinal: Int
    ) -> PersonRequest? {
        guard let bytes = try? subject.canonical() else { return nil }
        let starter = kind == .approval && state.principal.kind == .person ? [state.principal.id] : []
        return PersonRequest(
            task: DerivedIdentity.task(state, seq: seq, ordinal: ordinal), kind: kind, role: role, title: title, subject: subject,
            digest: SHA256Digest(hashing: bytes),
            excluded: starter + excluded.filter { !starter.contains($0) }, form: form, ttl: ttl, reason: reason, decision: decision)
    }

    mutating func open(_ request: PersonRequest) {
        record(.waiting)
        actions += [.openTask(request), .startTimer(.answer, seq: seq, after: request.ttl)]
    }

    // MARK: Answers

    mutating func answered(_ request: PersonRequest, _ answer: PersonAnswer) {
        let closing: TaskAuthority.State =
            switch answer.verdict {
            case .approve: .approved
            case .reject: .rejected
            case .complete: .completed
            }
        // The authority has judged already; a verdict that does not fit the kind is our own bug and changes nothing.
        guard (request.kind == .task) == (answer.verdict == .complete) else { return }
        actions += [.stopTimers(seq: seq), .closeTask(request.task, closing, answer)]
        switch at?.phase {
        case .gated(let call, _):
            if answer.verdict == .approve {
                granted(call, request, by: answer.by)
            } else {
                refuse(call, "denied", "\(answer.by) did not approve it\(answer.comment.isEmpty ? "" : ": \(answer.comment)")")
            }
        case .clarifying:
            if answer.answer["ran"]?.boolValue == true {
                leave(by: "success", as: .mayHaveRun, output: ["confirmed_by": .string(answer.by)])
            } else {
                leave(
                    by: "error", as: .mayHaveRun, error: ["class": "did-not-run", "message": .string("\(answer.by) says that it did not take place")])
            }
        case .approving: leave(by: answer.verdict == .approve ? "approved" : "rejected", output: output(of: answer))
        case .working: leave(by: "completed", output: output(of: answer))
        default: return
        }
    }

    private func output(of answer: PersonAnswer) -> JSONValue {
        var output: JSONObject = [
            "decision": .string(answer.verdict.rawValue), "by": .string(answer.by), "at": .string(Timestamp.text(now)),
            "comment": .string(answer.comment),
        ]
        if !answer.answer.isNull { output["answer"] = answer.answer }
        return .object(output)
    }

    /// Nobody answered in time.
    mutating func expired(_ request: PersonRequest) {
        switch at?.phase {
        case .gated(let call, _):
            at?.phase = .gated(call, request)
            leave(
                by: "timeout", as: .timedOut,
                error: ["class": "approval-timeout", "message": .string("nobody of role \(request.role) answered within \(request.ttl)")])
        case .clarifying: leave(by: "error", as: .mayHaveRun, error: ["class": "may-have-run", "message": "nobody said whether it took place"])
        case .approving, .working: leave(by: "timeout", as: .timedOut)
        default: return
        }
    }
}

extension JSONValue {
    fileprivate var insertedTitle: String { String((stringValue ?? encodedString()).prefix(300)) }
}
