internal import FlowEngineCore
internal import FoundationEssentials
internal import Identity
internal import JSON
internal import Postgres
internal import RPC
internal import Receipts
internal import ServiceKit
internal import Trust
internal import Wire

/// What an event brought along that is no business of the state machine.
struct RunEvidence: Sendable {
    /// Receipts that other services made for this step.
    var receipts: [RunReceipt] = []
    /// Receipts outside of the run that led to it.
    var causes: [SHA256Digest] = []
    var costMicros: Int64 = 0
}

/// Moves a run by one event, in one transaction: state, steps, tasks, timers, receipts and messages stand or fall together.
struct RunAdvancer: Sendable {
    let runs: PostgresRunStore
    let flows = PostgresFlowStore()
    let steps = PostgresStepStore()
    let tasks = PostgresTaskStore()
    let events = PostgresEventStore()
    let activity = PostgresActivityStore()
    let receipts: ReceiptRecorder
    let outbox: Outbox
    let clock: any WallClock
    /// Told, after the commit, that a run has something for a worker.
    let wake: @Sendable (TenantID, RunID) -> Void

    /// - Parameter isWorker: The caller holds the lease and goes on with whatever is outstanding.
    /// - Returns: The run as it now stands, still locked.
    @discardableResult
    func apply(
        _ event: RunEvent, to run: LockedRun, evidence: RunEvidence = RunEvidence(), isWorker: Bool = false, in tx: PostgresTransaction
    ) async throws -> LockedRun {
        let now = clock.now
        let before = run.state
        var state = before
        var draft = AdvanceDraft(before: before, event: event, evidence: evidence)
        try await take(event, &state, run.machine, &draft, at: now, in: tx)
        try await deliverEarly(&state, run.machine, &draft, at: now, in: tx)
        return try await finish(state, run, draft, isWorker: isWorker, at: now, in: tx)
    }

    private func take(
        _ event: RunEvent, _ state: inout RunState, _ machine: RunMachine, _ draft: inout AdvanceDraft, at now: Date, in tx: PostgresTransaction
    ) async throws {
        let transition = machine.handle(event, in: state, at: now)
        state = transition.state
        try await write(transition.actions, of: state, &draft, at: now, in: tx)
        for child in transition.actions.compactMap(\.child) {
            guard let refusal = try await start(child, of: state, at: now, in: tx) else { continue }
            try await take(.childClosed(seq: child.seq, refusal), &state, machine, &draft, at: now, in: tx)
        }
    }

    /// An event that was faster than its wait is waiting already.
    private func deliverEarly(
        _ state: inout RunState, _ machine: RunMachine, _ draft: inout AdvanceDraft, at now: Date, in tx: PostgresTransaction
    ) async throws {
        var looked = Set(draft.before.branches.filter { $0.phase.awaits != nil }.map(\.seq))
        while let (seq, kind) = state.branches.lazy.compactMap({ branch in branch.phase.awaits.map { (branch.seq, $0) } })
            .first(where: { !looked.contains($0.0) })
        {
            looked.insert(seq)
            for payload in try await events.received(kind, since: state.startedAt, tenant: state.tenant, in: tx)
            where machine.accepts(payload, at: seq, in: state) {
                try await take(.eventArrived(seq: seq, payload: payload), &state, machine, &draft, at: now, in: tx)
                break
            }
        }
    }

    private func finish(
        _ state: RunState, _ run: LockedRun, _ draft: AdvanceDraft, isWorker: Bool, at now: Date, in tx: PostgresTransaction
    ) async throws -> LockedRun {
        var draft = draft
        let isDue = !run.machine.outstanding(state).isEmpty
        let why = run.machine.whyWaiting(state)
        let row = RunRow(state: state, whyWaiting: why, isDue: isDue, isHeld: isDue || !isWorker)
        try await runs.store(row, now: now, in: tx)
        if state.isParked, !state.isClosed, state != draft.before {
            draft.news.append(
                (
                    .runWaiting,
                    ["run_id": .string(state.run.description), "flow": .string(state.flow), "node": .string(state.node), "why": .string(why)]
                ))
        }
        try await activity.append(draft.news, at: now, tenant: state.tenant, in: tx)
        if isDue, !isWorker { tx.afterCommit { [wake] in wake(state.tenant, state.run) } }
        var moved = run
        moved.state = state
        moved.attempts = 0
        return moved
    }

    // MARK: Actions

    private func write(_ actions: [RunAction], of state: RunState, _ draft: inout AdvanceDraft, at now: Date, in tx: PostgresTransaction) async throws
    {
        for action in actions {
            switch action {
            case .recordStep(let step): try await write(step, of: state, &draft, at: now, in: tx)
            case .openTask(let request): try await open(request, of: state, &draft, at: now, in: tx)
            case .closeTask(let task, let closing, let answer): try await close(task, closing, answer, of: state, &draft, at: now, in: tx)
            case .startTimer(let timer, let seq, let duration):
                let due = now.addingTimeInterval(duration.seconds)
                try await steps.start(timer, seq: seq, due: due, run: state.run, tenant: state.tenant, in: tx)
                if timer == .deadline { try await runs.setDeadline(state.run, due, tenant: state.tenant, in: tx) }
            case .stopTimers(let seq): try await steps.stopTimers(seq: seq, run: state.run, tenant: state.tenant, in: tx)
            case .awaitEvent(let seq, let kind): try await events.wait(for: kind, seq: seq, run: state.run, tenant: state.tenant, in: tx)
            case .stopAwaiting(let seq): try await events.stopWaiting(seq: seq, run: state.run, tenant: state.tenant, in: tx)
            // Once everything else is written: it may turn out to be impossible.
            case .startChild: break
            case .abandonChild(let child, _): try await steps.start(.orphaned, seq: 0, due: now, run: child, tenant: state.tenant, in: tx)
            case .closeRun(let closing): try await close(closing, of: state, &draft, at: now, in: tx)
            }
        }
    }

    private func write(_ step: StepRecord, of state: RunState, _ draft: inout AdvanceDraft, at now: Date, in tx: PostgresTransaction) async throws {
        // What came with the event belongs to the step that the event was for.
        let evidence = draft.takeEvidence(for: step.seq)
        var made = evidence.receipts + draft.takeDecision(for: step.seq)
        try await steps.remember(made, seq: step.seq, run: state.run, tenant: state.tenant, in: tx)
        if step.isOver {
            let earlier = try await steps.receipts(of: state.run, seq: step.seq, tenant: state.tenant, in: tx)
            let draftReceipt = FlowReceipts.step(
                step, of: state, causes: evidence.causes + earlier, policy: draft.policyReceipt(of: step.seq), at: now)
            let receipt = try await receipts.record(draftReceipt, in: tx)
            let own = RunReceipt(digest: receipt.paeDigest, id: receipt.id)
            try await steps.remember([own], seq: step.seq, run: state.run, tenant: state.tenant, in: tx)
            made.append(own)
            try await meter(.step(state, step), at: now, in: tx)
            draft.news.append((.stepDone, step.news(of: state)))
        }
        try await steps.save(
            step, run: state.run, receipts: made.compactMap(\.id), costMicros: evidence.costMicros + (step.isOver ? UsageMeter.stepMicros : 0),
            at: now,
            tenant: state.tenant, in: tx)
    }

    private func open(_ request: PersonRequest, of state: RunState, _ draft: inout AdvanceDraft, at now: Date, in tx: PostgresTransaction)
        async throws
    {
        // A transition can end the very branch that asked: then the task is closed in the same breath.
        let branch = state.branch(asking: request.task)
        let task = TaskRecord(
            request: request, state: .open, run: state.run, flow: state.flow, version: state.version, node: branch?.node ?? "",
            seq: branch?.seq ?? state.lastSeq,
            requestedBy: state.principal.displayName, enforcedIdentity: nil, createdAt: now, dueAt: now.addingTimeInterval(request.ttl.seconds))
        try await tasks.open(task, tenant: state.tenant, in: tx)
        try await tell(InboxItem.opened(task), tenant: state.tenant, in: tx)
        draft.news.append((.taskOpened, task.news))
    }

    private func close(
        _ id: TaskID, _ closing: TaskAuthority.State, _ answer: PersonAnswer?, of state: RunState, _ draft: inout AdvanceDraft, at now: Date,
        in tx: PostgresTransaction
    ) async throws {
        guard var task = try await tasks.find(id, tenant: state.tenant, in: tx) else { return }
        var receipt: SignedReceipt?
        if let answer {
            let attested = FlowReceipts.approval(
                task.request, answer, flow: task.flow, version: task.version, tenant: state.tenant, run: state.run, node: task.node,
                policy: draft.before.branch(asking: id)?.phase.policyReceipt?.digest, at: now)
            let signed = try await receipts.record(attested, in: tx)
            receipt = signed
            try await steps.remember(
                [RunReceipt(digest: signed.paeDigest, id: signed.id)], seq: task.seq, run: state.run, tenant: state.tenant, in: tx)
        }
        guard try await tasks.close(id, closing, answer, receipt: receipt?.id, at: now, tenant: state.tenant, in: tx) else { return }
        task.state = closing
        task.decidedBy = answer?.by ?? ""
        try await tell(InboxItem.closed(task), tenant: state.tenant, in: tx)
        draft.news.append((.taskClosed, task.news))
    }

    private func close(_ closing: RunClosing, of state: RunState, _ draft: inout AdvanceDraft, at now: Date, in tx: PostgresTransaction) async throws
    {
        let digests = try await steps.receipts(of: state.run, tenant: state.tenant, in: tx)
        _ = try await receipts.record(FlowReceipts.close(closing, of: state, receipts: digests, at: now), in: tx)
        if let parent = state.parent { try await steps.start(.child, seq: parent.seq, due: now, run: parent.run, tenant: state.tenant, in: tx) }
        if closing.state == .failed { try await tell(InboxItem.failed(state, closing, at: now), tenant: state.tenant, in: tx) }
        draft.news.append(
            (
                .runClosed,
                [
                    "run_id": .string(state.run.description), "flow": .string(state.flow), "state": .string(closing.state.rawValue),
                    "outcome": .string(closing.outcome),
                ]
            ))
    }

    // MARK: Messages

    private func tell(_ item: CopilotV1.InboxItem, tenant: TenantID, in tx: PostgresTransaction) async throws {
        try await outbox.enqueue(
            call: CopilotV1.Methods.putItem, request: CopilotV1.PutItemRequest(item: item), id: UUIDv7.make(), tenant: tenant, in: tx)
    }

    func meter(_ usage: UsageMeter, at now: Date, in tx: PostgresTransaction) async throws {
        let event = usage.event(at: now)
        guard let id = UUID(bytes: event.eventID) else { return }
        try await outbox.enqueue(
            call: FinOpsV1.Methods.recordUsage, request: FinOpsV1.RecordUsageRequest(events: [event]), id: id, tenant: usage.tenant, in: tx)
    }
}

/// What one advance gathers on its way.
struct AdvanceDraft {
    let before: RunState
    /// The step that the event is for.
    private let eventSeq: Int?
    /// Of the decision that came with the event.
    private let decision: RunReceipt?
    private var isDecisionTaken = false
    private var evidence: RunEvidence
    var news: [(PostgresActivityStore.Kind, JSONObject)] = []

    init(before: RunState, event: RunEvent, evidence: RunEvidence) {
        self.before = before
        self.evidence = evidence
        if case .personAnswered(let request, _) = event {
            eventSeq = before.branch(asking: request.task)?.seq
        } else {
            eventSeq = event.seq
        }
        // One that comes late, for a step that is over, is no decision of this step.
        if case .policyAnswered(let seq, let answer) = event, case .deciding? = before.branch(at: seq)?.phase {
            decision = answer.receiptDigest.map { RunReceipt(digest: $0, id: answer.receipt) }
        } else {
            decision = nil
        }
    }

    /// What came with the event belongs to the step that the event was for, once.
    mutating func takeEvidence(for seq: Int) -> RunEvidence {
        guard seq == eventSeq else { return RunEvidence() }
        defer { evidence = RunEvidence() }
        return evidence
    }

    mutating func takeDecision(for seq: Int) -> [RunReceipt] {
        guard seq == eventSeq, !isDecisionTaken, let decision else { return [] }
        isDecisionTaken = true
        return [decision]
    }

    /// Of the decision that a step stands on.
    func policyReceipt(of seq: Int) -> SHA256Digest? {
        if seq == eventSeq, let decision { return decision.digest }
        return before.branch(at: seq)?.phase.policyReceipt?.digest
    }
}

extension RunPhase {
    /// Of the decision that the call under way stands on.
    var policyReceipt: RunReceipt? {
        call?.answer.flatMap { answer in answer.receiptDigest.map { RunReceipt(digest: $0, id: answer.receipt) } }
    }

    var awaits: String? { if case .awaiting(let kind) = self { kind } else { nil } }
}

extension RunAction {
    var child: ChildStart? { if case .startChild(let child) = self { child } else { nil } }
}

extension StepRecord {
    /// A step that a person must clarify is not over, whatever its state is called.
    var isOver: Bool { state.isFinal && !(state == .mayHaveRun && port.isEmpty) }

    func news(of state: RunState) -> JSONObject {
        [
            "run_id": .string(state.run.description), "flow": .string(state.flow), "seq": .int(Int64(seq)), "node": .string(node),
            "type": .string(type),
            "state": .string(self.state.rawValue), "port": .string(port),
        ]
    }
}

extension TaskRecord {
    var news: JSONObject {
        [
            "task_id": .string(request.task.description), "run_id": run.map { .string($0.description) } ?? .null, "flow": .string(flow),
            "node": .string(node),
            "kind": .string(request.kind.rawValue), "role": .string(request.role), "state": .string(state.rawValue), "title": .string(request.title),
        ]
    }
}
