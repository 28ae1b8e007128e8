import FlowEngineCore
import Identity
import JSON

/// What must be true of every history, whatever happened on its way.
struct HistoryChecker {
    let database: Database
    let vendor: Vendor
    let documents: Documents

    func violations() throws -> [(run: RunID, text: String)] {
        var found: [(run: RunID, text: String)] = []
        var known: Set<String> = []
        for (run, row) in database.runs {
            guard let state = try database.state(run) else { continue }
            let steps = database.steps[run] ?? [:]
            found += check(run, state, steps, documents.document(row.flow)).map { (run, $0) }
            for step in steps.values where step.type == "call" || step.type == "compensation" {
                let key = DerivedIdentity.idempotencyKey(tenant: state.tenant, run: run, seq: step.seq)
                known.insert(key)
                let isDone = vendor.effects[key] != nil
                if step.state == .succeeded, !isDone { found.append((run, "step \(step.seq) succeeded, and the vendor did nothing")) }
                if isDone, step.state != .succeeded, step.state != .mayHaveRun {
                    found.append((run, "the vendor did step \(step.seq), and the run says \(step.state)"))
                }
            }
        }
        for key in vendor.effects.keys where !known.contains(key) {
            found.append((database.runs.keys.first!, "the vendor did something that no step knows of"))
        }
        return found.sorted { $0.text < $1.text }
    }

    private func check(_ run: RunID, _ state: RunState, _ steps: [Int: StepRecord], _ document: FlowDocument) -> [String] {
        var found: [String] = []
        guard let closing = state.closing else { return ["it never ended: \(RunMachine(document: document).whyWaiting(state))"] }
        if database.closings[run] != [closing] { found.append("it was closed \(database.closings[run]?.count ?? 0) times") }
        if steps.keys.sorted() != Array(0...state.lastSeq) { found.append("its steps have a gap: \(steps.keys.sorted())") }
        for step in steps.values where !step.isOver { found.append("step \(step.seq) (\(step.node)) has no end: \(step.state)") }
        if database.timers.keys.contains(where: { $0.run == run }) { found.append("it left timers behind") }
        if database.waits.contains(where: { $0.run == run }) { found.append("it left waits behind") }
        if database.tasks.values.contains(where: { $0.run == run && $0.state == .open }) { found.append("it left a task open") }
        if !state.branches.isEmpty || !state.scopes.isEmpty { found.append("it closed with branches open") }
        let done = steps.values.count { step in
            guard step.type == "call", case .call(let call)? = document.node(step.node)?.kind, call.compensation != nil else { return false }
            return step.state == .succeeded || step.state == .mayHaveRun && step.port == "success"
        }
        let takenBack = steps.values.count { $0.type == "compensation" }
        if takenBack != (closing.state == .succeeded ? 0 : done) {
            found.append("it took back \(takenBack) of \(done) calls and ended as \(closing.state)")
        }
        return found
    }
}
