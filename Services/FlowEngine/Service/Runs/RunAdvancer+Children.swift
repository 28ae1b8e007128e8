internal import FlowEngineCore
internal import FoundationEssentials
internal import Identity
internal import JSON
internal import Postgres
internal import Trust

/// Runs that are steps of other runs.
///
/// A child tells its parent, and a parent its child, by a timer of the other one that is due at once: no transaction holds both of their rows, so
/// that neither can wait for the other.
extension RunAdvancer {
    /// The reason why there is no such run, where there is none.
    func start(_ child: ChildStart, of parent: RunState, at now: Date, in tx: PostgresTransaction) async throws -> RunClosing? {
        guard let record = try await flows.version(child.flow, child.version, tenant: parent.tenant, in: tx), record.state == .published else {
            return RunClosing(
                state: .failed, outcome: "document", message: "'\(child.flow)' has no published version \(child.version.hex.prefix(12))")
        }
        let document = try runs.documents.document(record.version, source: record.document)
        if let first = document.trigger?.node.input?.violations(of: child.input).first {
            return RunClosing(state: .failed, outcome: "input", message: "'\(child.flow)' refuses its input: \(first.pointer) \(first.message)")
        }
        let state = RunState(
            tenant: parent.tenant, run: child.run, flow: record.flow, version: record.version, principal: parent.principal, trigger: child.input,
            startedAt: now, node: document.trigger?.id ?? "", parent: child.parent)
        _ = try await begin(state, document, dedupKey: "run|\(child.parent.run)|\(child.seq)", in: tx)
        return nil
    }

    /// - Returns: The id of the run, and whether it was started by this.
    func begin(
        _ state: RunState, _ document: FlowDocument, by event: RunEvent = .started, dedupKey: String?, causes: [SHA256Digest] = [],
        in tx: PostgresTransaction
    ) async throws -> (run: RunID, isFresh: Bool) {
        let (run, isFresh) = try await runs.insert(state, dedupKey: dedupKey, in: tx)
        guard isFresh else { return (run, false) }
        try await meter(.run(state), at: state.startedAt, in: tx)
        let locked = LockedRun(state: state, document: document, fence: 0, attempts: 0, trace: nil)
        try await apply(event, to: locked, evidence: RunEvidence(causes: causes), in: tx)
        return (run, true)
    }

    /// What a timer of this kind means for the run; nil where it means nothing any more.
    func event(of timer: RunTimer, seq: Int, _ state: RunState, in tx: PostgresTransaction) async throws -> RunEvent? {
        switch timer {
        case _ where state.isClosed: return nil
        case .child:
            guard case .running(let child)? = state.branch(at: seq)?.phase else { return nil }
            return try await runs.closing(of: child, tenant: state.tenant, in: tx).map { .childClosed(seq: seq, $0) }
        case .orphaned: return .stopRequested(RunStop(cause: .cancelled, by: "the run that started it", reason: "it is not wanted any more"))
        default: return .timerFired(seq: seq, timer)
        }
    }
}
