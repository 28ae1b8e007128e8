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
        var transition = run.machine.handle(event, in: run.state, at: now)
        var draft = AdvanceDraft(before: before, evidence: evidence, policyReceipt: before.phase.policyReceipt?.digest)
        if case .policyAnswered(let seq, let answer) = event, seq == before.seq, transition.state != before { draft.note(answer) }
        try await write(transition.actions, of: transition.state, &draft, at: now, in: tx)
        // An event that was faster than its wait is waiting already.
        if case .awaiting(let kind) = transition.state.phase, transition.state.seq != before.seq {
            for payload in try await events.received(kind, since: before.startedAt, tenant: before.tenant, in: tx)
            where run.machine.accepts(payload, in: transition.state) {
                transition = run.machine.handle(.eventArrived(seq: transition.state.seq, payload: payload), in: transition.state, at: now)
                try await write(transition.actions, of: transition.state, &draft, at: now, in: tx)
                break
            }
        }
        return try await finish(transition.state, run, draft, isWorker: isWorker, at: now, in: tx)
    }

    private func finish(
        _ state: RunState, _ run: LockedRun, _ draft: AdvanceDraft, isWorker: Bool, at now: Date, in tx: PostgresTransaction
    ) async throws -> LockedRun {
        var draft = draft
        let isDue = run.machine.outstanding(state) != nil
        let why = run.machine.whyWaiting(state)
        let row = RunRow(state: state, whyWaiting: why, isDue: isDue, isHeld: isDue || !isWorker)
        try await runs.store(row, now: now, in: tx)
        if state.phase.isParked, !state.isClosed, state != draft.before {
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
            case .closeRun(let closing): try await close(closing, of: state, &draft, at: now, in: tx)
            // They follow from the state; the worker makes them.
            case .decidePolicy, .callConnector: break
            }
        }
    }

    private func write(_ step: StepRecord, of state: RunState, _ draft: inout AdvanceDraft, at now: Date, in tx: PostgresTransaction) async throws {
        // What came with the event belongs to the step that the event was for.
        let isFirst = step.seq == draft.before.seq
        let evidence = isFirst ? draft.evidence : RunEvidence()
        if isFirst { draft.evidence = RunEvidence() }
        var made = evidence.receipts
        if let fresh = draft.freshPolicyReceipt, isFirst {
            made.append(fresh)
            draft.freshPolicyReceipt = nil
        }
        try await steps.remember(made, seq: step.seq, run: state.run, tenant: state.tenant, in: tx)
        if step.isOver {
            let earlier = try await steps.receipts(of: state.run, seq: step.seq, tenant: state.tenant, in: tx)
            let draftReceipt = FlowReceipts.step(
                step, of: state, causes: evidence.causes + earlier, policy: isFirst ? draft.policyReceipt : nil, at: now)
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
        let task = TaskRecord(
            request: request, state: .open, run: state.run, flow: state.flow, version: state.version, node: state.node, seq: state.seq,
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
                policy: draft.before.phase.policyReceipt?.digest, at: now)
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
    var evidence: RunEvidence
    /// Of the decision that the current step stands on.
    var policyReceipt: SHA256Digest?
    var news: [(PostgresActivityStore.Kind, JSONObject)] = []

    /// Of a decision that came with this event, until it stands with its step.
    var freshPolicyReceipt: RunReceipt?

    mutating func note(_ answer: PolicyAnswer) {
        policyReceipt = answer.receiptDigest
        freshPolicyReceipt = answer.receiptDigest.map { RunReceipt(digest: $0, id: answer.receipt) }
    }
}

extension RunPhase {
    /// Of the decision that the call under way stands on.
    var policyReceipt: RunReceipt? {
        switch self {
        case .deciding(let call), .gated(let call, _), .calling(let call), .backingOff(let call, _), .clarifying(let call, _):
            call.answer.flatMap { answer in answer.receiptDigest.map { RunReceipt(digest: $0, id: answer.receipt) } }
        default: nil
        }
    }
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
