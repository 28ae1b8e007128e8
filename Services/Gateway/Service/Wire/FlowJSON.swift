internal import JSON
internal import Wire

extension FlowV1.Problem {
    var json: JSONValue {
        [
            "severity": .string(severity), "node": .orNull(node), "port": .orNull(port), "pointer": .string(pointer), "message": .string(message),
            "fix": .orNull(fix),
        ]
    }
}

extension FlowV1.FlowSummary {
    var json: JSONValue {
        [
            "name": .string(name), "title": .string(title), "version_id": .digest(versionID), "version_number": .int(Int64(versionNumber)),
            "published_at": .time(publishedMicros), "published_by": .orNull(publishedBy), "trigger": .string(trigger),
            "runs_total": .int(Int64(runsTotal)), "runs_open": .int(Int64(runsOpen)), "state": .string(state), "note": .orNull(note),
        ]
    }
}

extension FlowV1.RunSummary {
    var json: JSONValue {
        [
            "id": .id(runID), "flow": .string(flow), "title": .string(title), "version_id": .digest(versionID),
            "version_number": .int(Int64(versionNumber)), "state": .string(state), "current_node": .orNull(currentNode),
            "why_waiting": .orNull(whyWaiting), "started_at": .time(startedMicros), "ended_at": .time(endedMicros),
            "started_by": .string(startedBy), "outcome": .orNull(outcome), "deadline_at": .time(deadlineMicros), "paused": .bool(paused),
        ]
    }
}

extension FlowV1.Step {
    var json: JSONValue {
        [
            "seq": .int(Int64(seq)), "node": .string(node), "type": .string(type), "title": .string(title), "state": .string(state),
            "started_at": .time(startedMicros), "ended_at": .time(endedMicros), "input": .document(inputJSON), "output": .document(outputJSON),
            "error": .orNull(error), "port": .orNull(port), "attempt": .int(Int64(attempt)), "decision_id": .id(decisionID),
            "receipt_ids": .ids(receipts), "cost": .money(cost), "task_id": .id(taskID),
        ]
    }
}

extension FlowV1.Task {
    /// As `session`'s person sees it. The flow engine decides in the end; this only says beforehand what it will say.
    func json(for session: Session) -> JSONValue {
        let refusal = refusal(for: session)
        return [
            "id": .id(taskID), "kind": .string(kind), "state": .string(state), "title": .string(title), "role": .orNull(role), "run_id": .id(runID),
            "flow": .orNull(flow), "node": .orNull(node), "requested_by": .orNull(requestedBy), "subject": .document(subjectJSON),
            "subject_digest": .digest(subjectDigest), "form": .document(formJSON), "reason": .string(reason), "decision_id": .id(decisionID),
            "created_at": .time(createdMicros), "due_at": .time(dueMicros), "decided_by": .orNull(decidedBy), "decided_at": .time(decidedMicros),
            "comment": .orNull(comment), "can_decide": .bool(refusal == nil), "cannot_decide_reason": refusal.map { .string($0) } ?? .null,
        ]
    }

    private func refusal(for session: Session) -> String? {
        if state != "open" { return "it is \(state)" }
        if excluded.contains(session.principal) || requestedBy == session.principal { return "you asked for it" }
        if !role.isEmpty, !session.roles.contains(role) { return "it needs the role \(role)" }
        return nil
    }
}

extension CopilotV1.InboxItem {
    func json(for session: Session) -> JSONValue {
        let canDecide = state == "open" && !taskID.isEmpty && requestedBy != session.principal && (role.isEmpty || session.roles.contains(role))
        return [
            "id": .id(itemID), "kind": .string(kind), "state": .string(state), "title": .string(title), "summary": .string(summary),
            "role": .orNull(role), "run_id": .id(runID), "task_id": .id(taskID), "anomaly_id": .id(anomalyID), "created_at": .time(createdMicros),
            "due_at": .time(dueMicros), "tone": .string(tone), "requested_by": .orNull(requestedBy), "can_decide": .bool(canDecide),
        ]
    }
}
