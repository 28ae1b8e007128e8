internal import FlowEngineCore
internal import FoundationEssentials
internal import Identity
internal import JSON
internal import Trust
internal import Wire

/// What people find in their inbox. Revision 1 opens an item, each vote makes the next, the last closes it: a message that overtakes another loses.
enum InboxItem {
    static func opened(_ task: TaskRecord) -> CopilotV1.InboxItem { item(task, state: "open", summary: task.request.reason, revision: 1) }

    /// Somebody voted, and it waits for others.
    static func voted(_ task: TaskRecord) -> CopilotV1.InboxItem {
        item(task, state: "open", summary: task.explanation, revision: 1 + UInt64(task.votes.count))
    }

    static func closed(_ task: TaskRecord) -> CopilotV1.InboxItem {
        item(
            task, state: "closed", summary: "\(task.state.rawValue)\(task.decidedBy.isEmpty ? "" : " by \(task.decidedBy)")",
            revision: 2 + UInt64(task.votes.count))
    }

    private static func item(_ task: TaskRecord, state: String, summary: String, revision: UInt64) -> CopilotV1.InboxItem {
        CopilotV1.InboxItem(
            itemID: task.request.task.bytes, kind: task.request.kind.rawValue, state: state, title: task.request.title, summary: summary,
            role: task.request.role, runID: task.run?.bytes ?? [], taskID: task.request.task.bytes, createdMicros: task.createdAt.micros,
            dueMicros: task.dueAt?.micros ?? 0, tone: "wait", requestedBy: task.requestedBy, revision: revision)
    }

    static func failed(_ run: RunState, _ closing: RunClosing, at now: Date) -> CopilotV1.InboxItem {
        let id = DerivedIdentity.uuid(DerivedIdentity.digest(["failed-run", run.tenant.description, run.run.description]))
        return CopilotV1.InboxItem(
            itemID: id.bytes, kind: "failed-run", state: "open", title: "\(run.flow) failed at \(run.node)", summary: closing.message,
            role: "operator",
            runID: run.run.bytes, createdMicros: now.micros, tone: "bad", requestedBy: run.principal.displayName, revision: 1)
    }
}
