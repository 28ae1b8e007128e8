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
        var moved = run
        var draft = AdvanceDraft(before: run.state, event: event, evidence: evidence)
        try await take(event, &moved.state, run.machine, &draft, at: now, in: tx)
        try await deliverEarly(&moved.state, run.machine, &draft, at: now, in: tx)
        moved.attempts = 0
        try await write(draft, moved, isWorker: isWorker, at: now, in: tx)
        return moved
    }

    private func take(
        _ event: RunEvent, _ state: inout RunState, _ machine: RunMachine, _ draft: inout AdvanceDraft, at now: Date, in tx: PostgresTransaction
    ) async throws {
        let transition = machine.handle(event, in: state, at: now)
        state = transition.state
        draft.stages.append(transition)
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

    // MARK: Writing

    /// Whatever the event has led to, in one flush: the receipts are numbered last, so that the tenant's other runs wait for this one as short as
    /// can be.
    private func write(_ draft: AdvanceDraft, _ run: LockedRun, isWorker: Bool, at now: Date, in tx: PostgresTransaction) async throws {
        var draft = draft
        var writes = try await begin(draft, run.state, at: now, in: tx)
        for stage in draft.stages {
            for action in stage.actions { try await write(action, of: stage.state, &draft, &writes, in: tx) }
        }
        let state = run.state
        let work = run.machine.outstanding(state)
        let why = run.machine.whyWaiting(state)
        let row = RunRow(
            state: state, whyWaiting: why, isDue: !work.isEmpty, isHeld: !work.isEmpty || !isWorker,
            lease: isWorker ? RunClaims.lease(for: work) : nil)
        writes.statements.append(PostgresRunStore.storing(row, now: now))
        if state.isParked, !state.isClosed, state != draft.before {
            let news: JSONObject = [
                "run_id": .string(state.run.description), "flow": .string(state.flow), "node": .string(state.node), "why": .string(why),
            ]
            writes.news.append((.runWaiting, news))
        }
        try await tx.pipeline(writes.all(receipts))
        outbox.notify(after: tx)
        if row.isDue, !isWorker { tx.afterCommit { [wake] in wake(state.tenant, state.run) } }
    }

    /// Reads what the receipts of this advance must name, in one flush.
    private func begin(_ draft: AdvanceDraft, _ state: RunState, at now: Date, in tx: PostgresTransaction) async throws -> RunWrites {
        var writes = RunWrites(run: state.run, tenant: state.tenant, now: now)
        guard draft.attests else { return writes }
        let known = state.isClosed ? nil : draft.endedBefore
        let results = try await tx.pipeline([
            PostgresStepStore.attested(state.run, steps: known, tenant: state.tenant), receipts.lock(state.tenant),
        ])
        for row in results[0] { writes.know(try row.digest("digest"), of: try row.optionalInt("seq").map { Int($0) }) }
        writes.sequence = try receipts.begin(results[1], tenant: state.tenant)
        return writes
    }

    private func write(
        _ action: RunAction, of state: RunState, _ draft: inout AdvanceDraft, _ writes: inout RunWrites, in tx: PostgresTransaction
    ) async throws {
        let (run, tenant, now) = (state.run, state.tenant, writes.now)
        switch action {
        case .recordStep(let step): try write(step, of: state, &draft, &writes)
        case .openTask(let request): try await open(request, of: state, &writes, in: tx)
        case .closeTask(let task, let closing, let answer): try await close(task, closing, answer, of: state, draft, &writes, in: tx)
        case .startTimer(let timer, let seq, let duration):
            let due = now.addingTimeInterval(duration.seconds)
            writes.statements.append(PostgresStepStore.starting(timer, seq: seq, due: due, run: run, tenant: tenant))
            if timer == .deadline { writes.statements.append(PostgresRunStore.settingDeadline(run, due, tenant: tenant)) }
        case .stopTimers(let seq): writes.statements.append(PostgresStepStore.stoppingTimers(seq: seq, run: run, tenant: tenant))
        case .awaitEvent(let seq, let kind): writes.statements.append(PostgresEventStore.waiting(for: kind, seq: seq, run: run, tenant: tenant))
        case .stopAwaiting(let seq): writes.statements.append(PostgresEventStore.notWaiting(seq: seq, run: run, tenant: tenant))
        // It has been begun already, or turned out to be impossible.
        case .startChild: break
        case .abandonChild(let child, _):
            writes.statements.append(PostgresStepStore.starting(.orphaned, seq: 0, due: now, run: child, tenant: tenant))
        case .closeRun(let closing): try close(closing, of: state, &writes)
        }
    }

    private func write(_ step: StepRecord, of state: RunState, _ draft: inout AdvanceDraft, _ writes: inout RunWrites) throws {
        // What came with the event belongs to the step that the event was for.
        let evidence = draft.takeEvidence(for: step.seq)
        if let settlement = CallSettlement(step, draft, costMicros: evidence.costMicros) { writes.send(settlement) }
        var made = evidence.receipts + draft.takeDecision(for: step.seq)
        writes.remember(made, seq: step.seq)
        if step.isOver {
            let own = try writes.sign(
                FlowReceipts.step(
                    step, of: state, causes: evidence.causes + writes.digests(of: step.seq), policy: draft.policyReceipt(of: step.seq),
                    at: writes.now), seq: step.seq)
            made.append(own)
            writes.send(.step(state, step))
            writes.news.append((.stepDone, step.news(of: state)))
        }
        writes.statements.append(
            PostgresStepStore.saving(
                step, run: state.run, receipts: made.compactMap(\.id),
                costMicros: evidence.costMicros + (step.isOver ? UsageMeter.stepMicros : 0), at: writes.now, tenant: state.tenant))
    }

    private func open(_ request: PersonRequest, of state: RunState, _ writes: inout RunWrites, in tx: PostgresTransaction) async throws {
        // A transition can end the very branch that asked: then the task is closed in the same breath.
        let branch = state.branch(asking: request.task)
        let task = TaskRecord(
            request: request, state: .open, run: state.run, flow: state.flow, version: state.version, node: branch?.node ?? "",
            seq: branch?.seq ?? state.lastSeq, requestedBy: state.principal.displayName, enforcedIdentity: nil, createdAt: writes.now,
            dueAt: writes.now.addingTimeInterval(request.ttl.seconds))
        try await tasks.open(task, tenant: state.tenant, in: tx)
        writes.tell(InboxItem.opened(task))
        writes.news.append((.taskOpened, task.news))
    }

    private func close(
        _ id: TaskID, _ closing: TaskAuthority.State, _ answer: PersonAnswer?, of state: RunState, _ draft: AdvanceDraft, _ writes: inout RunWrites,
        in tx: PostgresTransaction
    ) async throws {
        guard var task = try await tasks.find(id, tenant: state.tenant, in: tx) else { return }
        var receipt: RunReceipt?
        if let answer {
            let attested = FlowReceipts.approval(
                task.request, answer, flow: task.flow, version: task.version, tenant: state.tenant, run: state.run, node: task.node,
                policy: draft.before.branch(asking: id)?.phase.policyReceipt?.digest, at: writes.now)
            receipt = try writes.sign(attested, seq: task.seq)
        }
        guard try await tasks.close(id, closing, answer, receipt: receipt?.id, at: writes.now, tenant: state.tenant, in: tx) else { return }
        task.state = closing
        task.decidedBy = answer?.by ?? ""
        writes.tell(InboxItem.closed(task))
        writes.news.append((.taskClosed, task.news))
    }

    private func close(_ closing: RunClosing, of state: RunState, _ writes: inout RunWrites) throws {
        _ = try writes.sign(FlowReceipts.close(closing, of: state, receipts: writes.digests, at: writes.now), seq: nil)
        if let parent = state.parent {
            writes.statements.append(
                PostgresStepStore.starting(.child, seq: parent.seq, due: writes.now, run: parent.run, tenant: state.tenant))
        }
        if closing.state == .failed { writes.tell(InboxItem.failed(state, closing, at: writes.now)) }
        let news: JSONObject = [
            "run_id": .string(state.run.description), "flow": .string(state.flow), "state": .string(closing.state.rawValue),
            "outcome": .string(closing.outcome),
        ]
        writes.news.append((.runClosed, news))
    }

    func meter(_ usage: UsageMeter, at now: Date, in tx: PostgresTransaction) async throws {
        guard let call = usage.call(at: now) else { return }
        try await tx.pipeline(Outbox.statements([call], tenant: usage.tenant))
        outbox.notify(after: tx)
    }
}

/// What one advance gathers on its way.
struct AdvanceDraft {
    let before: RunState
    let event: RunEvent
    /// The step that the event is for.
    private let eventSeq: Int?
    /// What the event, and what followed from it at once, has led to.
    var stages: [RunMachine.Transition] = []
    /// Of the decision that came with the event.
    private let decision: RunReceipt?
    private var isDecisionTaken = false
    private var evidence: RunEvidence

    /// Whether anything of it leaves a receipt.
    var attests: Bool { stages.contains { $0.actions.contains(where: \.attests) } }

    /// Steps that were there before and are over now.
    var endedBefore: [Int] {
        stages.flatMap { stage in
            stage.actions.compactMap { if case .recordStep(let step) = $0, step.isOver, step.seq <= before.lastSeq { step.seq } else { nil } }
        }
    }

    init(before: RunState, event: RunEvent, evidence: RunEvidence) {
        self.before = before
        self.event = event
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
    var attests: Bool {
        switch self {
        case .recordStep(let step): step.isOver
        case .closeTask(_, _, let answer): answer != nil
        case .closeRun: true
        default: false
        }
    }

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
