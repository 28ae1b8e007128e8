internal import FoundationEssentials
internal import JSON

/// Waiting for a clock or an event.
extension Stepper {
    mutating func begin(_ wait: WaitNode) {
        switch wait.condition {
        case .time(let duration): sleep(["for": .string(duration.description)], duration)
        case .event(let kind, _, let timeout):
            at?.phase = .awaiting(kind: kind)
            record(.waiting, input: ["event": .string(kind), "timeout": .string(timeout.description)])
            actions += [.awaitEvent(seq: seq, kind: kind), .startTimer(.wait, seq: seq, after: timeout)]
        case .computed(let span): sleep(field: "for", span, "a duration such as \"30s\", or a number of seconds", Self.duration)
        case .moment(let moment):
            let now = now
            sleep(field: "until", moment, "a moment such as \"2026-01-31T09:00:00Z\"") { Self.timeLeft(until: $0, at: now) }
        }
    }

    private mutating func sleep(field: String, _ template: Template, _ expected: String, _ read: (JSONValue) -> FlowDuration?) {
        do throws(ExpressionFailure) {
            let value = try template.resolve(scope)
            guard let duration = read(value) else {
                return failStep("'\(field)' came out as \(String(value.encodedString().prefix(100))); write \(expected), at most a year away")
            }
            sleep([field: value], duration)
        } catch {
            failStep(error.description)
        }
    }

    private mutating func sleep(_ input: JSONValue, _ duration: FlowDuration) {
        at?.phase = .sleeping
        record(.waiting, input: input)
        actions.append(.startTimer(.wait, seq: seq, after: duration))
    }

    private static func duration(_ value: JSONValue) -> FlowDuration? {
        if let text = value.stringValue { return FlowDuration(text) }
        guard let seconds = value.doubleValue, seconds >= 0, seconds <= FlowDuration.maximum.seconds else { return nil }
        return FlowDuration(milliseconds: Int64((seconds * 1000).rounded(.up)))
    }

    /// What is past is over at once.
    private static func timeLeft(until value: JSONValue, at now: Date) -> FlowDuration? {
        guard let text = value.stringValue, let moment = Timestamp.date(text) else { return nil }
        let seconds = moment.timeIntervalSince(now)
        guard seconds <= FlowDuration.maximum.seconds else { return nil }
        return FlowDuration(milliseconds: Int64((max(0, seconds) * 1000).rounded(.up)))
    }

    /// False where nobody waits for it any more.
    mutating func fired(_ timer: RunTimer, seq: Int) -> Bool {
        if timer == .deadline {
            return requestStop(
                RunStop(cause: .deadline, by: "", reason: "the run took longer than \(document.deadline?.description ?? "its deadline")"))
        }
        guard let branch = state.branch(at: seq) else { return false }
        switch (timer, branch.phase) {
        case (.wait, .sleeping): return takeUp(seq: seq) { $0.leave(by: "elapsed") }
        case (.wait, .awaiting):
            return takeUp(seq: seq) {
                $0.actions.append(.stopAwaiting(seq: seq))
                $0.leave(by: "timeout", as: .timedOut)
            }
        case (.retry, .backingOff(let pending, _)): return takeUp(seq: seq) { $0.call(again: pending) }
        case (.answer, let phase):
            guard let request = phase.request else { return false }
            return takeUp(seq: seq) {
                $0.actions.append(.closeTask(request.task, .expired, nil))
                $0.expired(request)
            }
        case (.limit, .joining):
            callOff(inside: seq, "it took longer than it may")
            return takeUp(seq: seq) {
                $0.leave(by: "timeout", as: .timedOut, error: ["class": "timeout", "message": "it took longer than it may"])
            }
        case (.limit, .running(let child)):
            return takeUp(seq: seq) {
                $0.actions.append(.abandonChild(child, reason: "the run that started it waited long enough"))
                $0.leave(by: "timeout", as: .timedOut, error: ["class": "timeout", "message": "the other flow took longer than it may"])
            }
        default: return false
        }
    }
}
