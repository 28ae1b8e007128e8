internal import JSON

/// Branches side by side, and the same body for every element.
extension Stepper {
    mutating func begin(_ node: ParallelNode) {
        record(.waiting, input: ["branches": .int(Int64(node.branches.count)), "needed": .int(Int64(node.needed))])
        open(items: [], results: node.branches.count, limit: node.timeout)
        for (index, branch) in node.branches.enumerated() { beginBranch(index, at: branch.next, of: seq) }
    }

    mutating func begin(_ node: EachNode) {
        do throws(ExpressionFailure) {
            let value = try node.items.resolve(scope)
            guard let items = value.arrayValue else {
                return leave(by: "error", as: .failed, error: ["class": "expression", "message": "'items' came out as no list"])
            }
            guard items.count <= RunMachine.maximumItems else {
                let message = "'items' has \(items.count) elements; at most \(RunMachine.maximumItems) can be gone through"
                return leave(by: "error", as: .failed, error: ["class": "too-large", "message": .string(message)])
            }
            guard !items.isEmpty else { return leave(by: "done", output: []) }
            record(.waiting, input: ["items": .int(Int64(items.count)), "concurrency": .int(Int64(node.concurrency))])
            open(items: items, results: items.count, limit: node.timeout)
            for _ in 0..<min(node.concurrency, items.count) { beginElement(of: seq, node) }
        } catch {
            leave(by: "error", as: .failed, error: ["class": "expression", "message": .string(error.description)])
        }
    }

    private mutating func open(items: [JSONValue], results: Int, limit: FlowDuration?) {
        guard let branch = at else { return }
        at?.phase = .joining
        state.scopes.append(
            OpenScope(
                seq: branch.seq, node: branch.node, items: items, outer: branch.scope, outerIndex: branch.index,
                results: Array(repeating: .null, count: results)))
        if let limit { actions.append(.startTimer(.limit, seq: branch.seq, after: limit)) }
    }

    private mutating func beginBranch(_ index: Int, at head: String, of scope: Int) {
        guard let place = state.scopeIndex(scope) else { return }
        state.scopes[place].begun += 1
        // Until it enters its first node it has the number of none.
        state.branches.append(RunBranch(seq: Self.unnumbered, node: head, phase: .ready(next: head), scope: scope, index: index))
    }

    private mutating func beginElement(of scope: Int, _ node: EachNode) {
        guard let place = state.scopeIndex(scope) else { return }
        let index = state.scopes[place].begun
        state.scopes[place].bodies[index] = OpenScope.Body()
        beginBranch(index, at: node.body, of: scope)
    }

    static let unnumbered = -1

    /// The branch in hand has led back to its scope.
    mutating func finishBranch() {
        guard let branch = at, let scope = branch.scope, let place = state.scopeIndex(scope) else { return }
        at = nil
        state.scopes[place].finished += 1
        state.scopes[place].results[branch.index] = lastOutput
        state.scopes[place].bodies[branch.index] = nil
        let open = state.scopes[place]
        switch document.node(open.node)?.kind {
        case .parallel(let node):
            guard open.finished >= node.needed else { return }
            callOff(inside: scope, "enough of the others were over")
            _ = takeUp(seq: scope) { $0.join(by: "joined", open.results) }
        case .each(let node):
            if open.finished == open.items.count { return _ = takeUp(seq: scope) { $0.join(by: "done", open.results) } }
            if open.begun < open.items.count { beginElement(of: scope, node) }
        default: failRun("the version has no node '\(open.node)'", "document")
        }
    }

    private mutating func join(by port: String, _ results: [JSONValue]) {
        let own = seq
        state.scopes.removeAll { $0.seq == own }
        actions.append(.stopTimers(seq: own))
        leave(by: port, output: .array(results))
    }

    /// Something inside has failed without a port for it: the whole scope leaves by `error`.
    mutating func failScope(_ scope: Int, _ message: String) {
        let index = at?.index ?? 0
        at = nil
        callOff(inside: scope, "another branch has failed")
        actions.append(.stopTimers(seq: scope))
        _ = takeUp(seq: scope) {
            $0.leave(by: "error", as: .failed, error: ["class": "branch", "message": .string(message), "index": .int(Int64(index))])
        }
    }

    /// Ends every branch inside the scope; one whose call is under way stays until the answer is there.
    mutating func callOff(inside scope: Int, _ reason: String) {
        callOff(state.branches.filter { state.isInside($0, scope) }, reason)
        let inner = state.scopes.filter { state.isInside(RunBranch(seq: $0.seq, node: $0.node, phase: .joining, scope: $0.outer), scope) }
        state.scopes.removeAll { open in open.seq == scope || inner.contains { $0.seq == open.seq } }
    }

    mutating func callOff(_ branches: [RunBranch], _ reason: String) {
        for branch in branches {
            guard let place = state.branches.firstIndex(of: branch) else { continue }
            if case .calling = branch.phase {
                state.branches[place].isCalledOff = true
                state.branches[place].scope = nil
            } else {
                state.branches.remove(at: place)
                release(branch, reason)
            }
        }
    }

    /// Nobody waits for the step any more.
    private mutating func release(_ branch: RunBranch, _ reason: String) {
        guard branch.seq != Self.unnumbered else { return }
        if let request = branch.phase.request { actions.append(.closeTask(request.task, .cancelled, nil)) }
        if case .awaiting = branch.phase { actions.append(.stopAwaiting(seq: branch.seq)) }
        if case .running(let child) = branch.phase { actions.append(.abandonChild(child, reason: reason)) }
        actions.append(.stopTimers(seq: branch.seq))
        // Between two nodes its last step is written already.
        if case .ready = branch.phase { return }
        let inHand = at
        at = branch
        // Nobody is asked any more whether the call took place; that nobody knows stays on record.
        if case .clarifying = branch.phase { record(.mayHaveRun, port: "error", error: reason) } else { record(.skipped, error: reason) }
        at = inHand
    }
}
