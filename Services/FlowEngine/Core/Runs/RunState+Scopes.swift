internal import Identity
internal import JSON
internal import Trust

/// What a branch sees, from the outside in: the run, then the bodies around it.
extension RunState {
    func openScope(_ seq: Int?) -> OpenScope? { seq.flatMap { seq in scopes.first { $0.seq == seq } } }

    func scopeIndex(_ seq: Int?) -> Int? { seq.flatMap { seq in scopes.firstIndex { $0.seq == seq } } }

    /// The bodies of `each` nodes around a branch, innermost first, as places in `scopes` with the element's position.
    func bodies(around branch: RunBranch) -> [(scope: Int, index: Int)] {
        var found: [(scope: Int, index: Int)] = []
        var (seq, index) = (branch.scope, branch.index)
        while let place = scopeIndex(seq) {
            if scopes[place].bodies[index] != nil { found.append((place, index)) }
            (seq, index) = (scopes[place].outer, scopes[place].outerIndex)
        }
        return found
    }

    /// Whether the branch runs inside the scope, however deep.
    func isInside(_ branch: RunBranch, _ scope: Int) -> Bool {
        var seq = branch.scope
        while let open = openScope(seq) {
            if open.seq == scope { return true }
            seq = open.outer
        }
        return false
    }

    func scope(of branch: RunBranch, _ document: FlowDocument) -> Scope {
        var seen = Scope(
            trigger: trigger,
            run: [
                "id": .string(run.description), "flow": .string(flow), "version": .string(version.hex), "started_by": .string(principal.id),
                "started_at": .string(Timestamp.text(startedAt)), "node": .string(branch.node),
            ],
            steps: steps, vars: vars)
        for (place, index) in bodies(around: branch).reversed() {
            let open = scopes[place]
            guard case .each(let each)? = document.node(open.node)?.kind, let body = open.bodies[index] else { continue }
            seen.steps = seen.steps.merging(body.steps)
            seen.vars = seen.vars.merging(body.vars)
            seen.items[each.itemName] = open.items[index]
            seen.items["\(each.itemName)_index"] = .int(Int64(index))
        }
        return seen
    }

    /// Keeps what a step left behind where its branch, and what comes after it, can see it.
    mutating func leave(_ left: JSONObject, by branch: RunBranch) {
        if let (place, index) = bodies(around: branch).first {
            scopes[place].bodies[index]?.steps[branch.node] = .object(left)
        } else {
            steps[branch.node] = .object(left)
        }
    }

    /// - Parameter path: A dotted name sets a member and leaves the others.
    mutating func set(_ path: [String], to value: JSONValue, by branch: RunBranch?) {
        guard let branch, let (place, index) = bodies(around: branch).first, let body = scopes[place].bodies[index] else {
            vars.set(path[...], to: value)
            return
        }
        var vars = body.vars
        // A member of what stands outside is set on a copy of the body's own.
        if path.count > 1, vars[path[0]] == nil { vars[path[0]] = outerVariable(path[0], around: branch) }
        vars.set(path[...], to: value)
        scopes[place].bodies[index]?.vars = vars
    }

    private func outerVariable(_ name: String, around branch: RunBranch) -> JSONValue? {
        for (place, index) in bodies(around: branch).dropFirst() { if let value = scopes[place].bodies[index]?.vars[name] { return value } }
        return vars[name]
    }
}

extension JSONObject {
    /// What stands on the way and is no object gives way to one.
    fileprivate mutating func set(_ path: ArraySlice<String>, to value: JSONValue) {
        guard let name = path.first else { return }
        guard path.count > 1 else {
            self[name] = value
            return
        }
        var inner = self[name]?.objectValue ?? [:]
        inner.set(path.dropFirst(), to: value)
        self[name] = .object(inner)
    }
}
