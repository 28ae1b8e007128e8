/// What each sub-expression of a policy's conditions came to, outermost first, each before those that it is made of.
public struct Trace: Sendable {
    public let steps: [Step]
    /// Whether there were more than are kept.
    public let isCut: Bool

    public static let stepsMax = 500

    public struct Step: Sendable {
        /// Where it stands in the text of its set; empty for a policy that was read from JSON.
        public let span: SourceSpan
        /// As Cedar text.
        public let text: String
        /// In how many expressions of the policy it stands.
        public let depth: Int
        public let outcome: Outcome
    }

    public enum Outcome: Sendable, Hashable {
        case value(Value)
        case fault(EvaluationFault)
        /// It holds a part that erred.
        case failed
        /// What came before it decided already.
        case skipped
    }
}

/// What every node of a tree came to in one run.
struct TracedValues {
    let tree: ExpressionTree
    private(set) var outcomes: [Trace.Outcome]

    /// - Parameters:
    ///   - values: Of the nodes whose instruction was run.
    ///   - error: With the span of the node that erred.
    init(_ tree: ExpressionTree, _ values: [Int32: Value], _ error: EvaluationError?) {
        self.tree = tree
        outcomes = Array(repeating: .skipped, count: tree.nodes.count)
        var isReported = false
        // A node comes after those that it is made of.
        for (index, node) in tree.nodes.enumerated() {
            if let value = values[Int32(index)] {
                outcomes[index] = .value(value)
            } else if let error, !isReported, node.span == error.span {
                outcomes[index] = .fault(error.fault)
                isReported = true
            } else {
                outcomes[index] = derived(node.kind)
            }
        }
    }

    subscript(id: NodeID) -> Trace.Outcome { outcomes[Int(id.index)] }

    /// Operators that decide early have no instruction of their own.
    private func derived(_ kind: Expression.Kind) -> Trace.Outcome {
        let children = kind.children.map { self[$0] }
        let failed = children.contains { if case .fault = $0 { true } else { $0 == .failed } }
        if failed { return .failed }
        switch kind {
        case .and(let left, let right): return self[left] == .value(.bool(false)) ? self[left] : self[right]
        case .or(let left, let right): return self[left] == .value(.bool(true)) ? self[left] : self[right]
        case .conditional(let test, let then, let otherwise):
            if self[test] == .value(.bool(true)) { return self[then] }
            return self[test] == .value(.bool(false)) ? self[otherwise] : .skipped
        case .is(let base, let type, _):
            guard case .value(.entity(let uid)) = self[base], uid.type != type else { return .skipped }
            return .value(.bool(false))
        default: return .skipped
        }
    }

    // MARK: Steps

    private static let textMax = 200

    func trace(of conditions: [Condition]) -> Trace {
        var steps: [Trace.Step] = []
        var waiting = conditions.reversed().map { (id: $0.body, depth: 0) }
        while let (id, depth) = waiting.popLast() {
            guard steps.count < Trace.stepsMax else { return Trace(steps: steps, isCut: true) }
            steps.append(step(id, depth))
            if case .literal = tree[id].kind { continue }
            for child in tree[id].kind.children.reversed() {
                // A literal says all by standing there.
                if case .literal = tree[child].kind { continue }
                waiting.append((child, depth + 1))
            }
        }
        return Trace(steps: steps, isCut: false)
    }

    func step(_ id: NodeID, _ depth: Int) -> Trace.Step {
        Trace.Step(span: tree[id].span, text: PolicyPrinter.text(id, in: tree, limit: Self.textMax), depth: depth, outcome: self[id])
    }

    /// Goes into conjunctions, alternatives and negations as far as one part alone makes the whole what it is.
    func decisive(_ condition: Condition) -> NodeID {
        var id = condition.body
        while true {
            switch tree[id].kind {
            case .and(let left, let right) where self[id] == .value(.bool(false)): id = self[left] == .value(.bool(false)) ? left : right
            case .or(let left, let right) where self[id] == .value(.bool(true)): id = self[left] == .value(.bool(true)) ? left : right
            case .unary(.not, let operand): id = operand
            case .conditional(let test, let then, let otherwise):
                guard case .value(.bool(let holds)) = self[test] else { return id }
                id = holds ? then : otherwise
            default: return id
            }
        }
    }
}
