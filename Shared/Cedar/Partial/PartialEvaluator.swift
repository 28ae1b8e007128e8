/// Evaluates the expressions of one policy as far as what is known reaches, from the leaves up and without recursion. What stays is
/// written into a tree of its own.
struct PartialEvaluator {
    enum Outcome {
        case value(Value)
        /// It errs, whatever the open parts are, once it is reached.
        case fault(EvaluationError)
        /// A node of the output.
        case residual(NodeID)
    }

    private let tree: ExpressionTree
    private let request: PartialRequest
    private let entities: Entities
    private(set) var output = ExpressionTree()
    private var outcomes: [Outcome] = []

    init(_ tree: ExpressionTree, _ request: PartialRequest, _ entities: Entities) {
        self.tree = tree
        self.request = request
        self.entities = entities
    }

    /// The conjunction of the conditions.
    mutating func reduce(_ conditions: [Condition]) -> Outcome {
        outcomes.reserveCapacity(tree.nodes.count)
        // A node comes after those that it is made of.
        for node in tree.nodes { outcomes.append(reduce(node)) }
        var whole = Outcome.value(.bool(true))
        for condition in conditions {
            let span = tree[condition.body].span
            var next = self[condition.body]
            if condition.kind == .unless {
                next = apply(
                    span, [(condition.body, next)], { .unary(.not, $0[0]) },
                    { values, _ throws(EvaluationFault) in try UnaryOperator.not.apply(values[0]) })
            }
            whole = and(whole, condition.body, next, span)
        }
        return whole
    }

    private subscript(id: NodeID) -> Outcome { outcomes[Int(id.index)] }

    private mutating func reduce(_ node: Expression) -> Outcome {
        let span = node.span
        switch node.kind {
        case .literal(let value): return .value(value)
        case .variable(let variable): return self.variable(variable, span)
        case .and(let left, let right): return and(self[left], right, self[right], span)
        case .or(let left, let right): return or(self[left], right, self[right], span)
        case .conditional(let test, let then, let otherwise): return conditional(test, then, otherwise, span)
        case .is(let base, let type, let ancestor): return isType(base, type, ancestor, span)
        case .binary(let op, let left, let right):
            if let known = compareTypes(op, left, right) { return known }
            return apply(
                span, operands([left, right]), { .binary(op, $0[0], $0[1]) },
                { values, entities throws(EvaluationFault) in try op.apply(values[0], values[1], entities) })
        case .unary(let op, let operand):
            return apply(span, operands([operand]), { .unary(op, $0[0]) }, { values, _ throws(EvaluationFault) in try op.apply(values[0]) })
        case .attribute(let base, let name):
            return apply(
                span, operands([base]), { .attribute($0[0], name) },
                { values, entities throws(EvaluationFault) in try entities.attribute(name, of: values[0]) })
        case .has(let base, let path):
            return apply(
                span, operands([base]), { .has($0[0], path) },
                { values, entities throws(EvaluationFault) in .bool(try entities.has(path, in: values[0])) })
        case .like(let base, let pattern):
            return apply(
                span, operands([base]), { .like($0[0], pattern) },
                { values, _ throws(EvaluationFault) in .bool(pattern.matches(try values[0].asString())) })
        case .set(let elements): return apply(span, operands(elements), { .set($0) }, { values, _ throws(EvaluationFault) in .set(SetValue(values)) })
        case .record(let unordered):
            let members = unordered.sorted { $0.key < $1.key }
            let keys = members.map(\.key)
            return apply(
                span, operands(members.map(\.value)), { .record(zip(keys, $0).map { Expression.Member(key: $0, value: $1) }) },
                { values, _ throws(EvaluationFault) in .record(RecordValue(RecordValue.Shape(keys), values: values)) })
        case .call(let function, let arguments):
            return apply(span, operands(arguments), { .call(function, $0) }, { values, _ throws(EvaluationFault) in try function.apply(values) })
        }
    }

    // MARK: Forms

    private mutating func variable(_ variable: Variable, _ span: SourceSpan) -> Outcome {
        if case .known(let uid)? = request.part(variable) { return .value(.entity(uid)) }
        if variable == .context, let context = request.context { return .value(.record(context)) }
        return .residual(output.add(.variable(variable), span))
    }

    private mutating func and(_ left: Outcome, _ rightID: NodeID, _ right: Outcome, _ span: SourceSpan) -> Outcome {
        switch left {
        case .fault: return left
        case .value(let value):
            guard case .bool(let holds) = value else { return mismatch(value, span) }
            return holds ? boolean(rightID, right) : left
        case .residual(let kept): return .residual(output.add(.and(kept, embed(rightID, right)), span))
        }
    }

    private mutating func or(_ left: Outcome, _ rightID: NodeID, _ right: Outcome, _ span: SourceSpan) -> Outcome {
        switch left {
        case .fault: return left
        case .value(let value):
            guard case .bool(let holds) = value else { return mismatch(value, span) }
            return holds ? left : boolean(rightID, right)
        case .residual(let kept): return .residual(output.add(.or(kept, embed(rightID, right)), span))
        }
    }

    /// What must be a boolean; what is left of it still must.
    private mutating func boolean(_ id: NodeID, _ outcome: Outcome) -> Outcome {
        switch outcome {
        case .fault, .value(.bool): return outcome
        case .value(let value): return mismatch(value, tree[id].span)
        case .residual(let kept):
            let always = output.add(.literal(.bool(true)), tree[id].span)
            return .residual(output[kept].kind.isBoolean ? kept : output.add(.and(always, kept), tree[id].span))
        }
    }

    private mutating func conditional(_ test: NodeID, _ then: NodeID, _ otherwise: NodeID, _ span: SourceSpan) -> Outcome {
        switch self[test] {
        case .fault: return self[test]
        case .value(.bool(let holds)): return holds ? self[then] : self[otherwise]
        case .value(let value): return mismatch(value, tree[test].span)
        case .residual(let kept):
            let parts = (embed(then, self[then]), embed(otherwise, self[otherwise]))
            return .residual(output.add(.conditional(kept, then: parts.0, else: parts.1), span))
        }
    }

    private mutating func isType(_ base: NodeID, _ type: Text, _ ancestor: NodeID?, _ span: SourceSpan) -> Outcome {
        switch self[base] {
        case .fault: return self[base]
        case .value(let value):
            guard case .entity(let uid) = value else { return .fault(EvaluationError(fault: value.mismatch("entity"), span: span)) }
            guard uid.type == type, let ancestor else { return .value(.bool(uid.type == type)) }
            return apply(
                span, operands([base, ancestor]), { .binary(.in, $0[0], $0[1]) },
                { values, entities throws(EvaluationFault) in try BinaryOperator.in.apply(values[0], values[1], entities) })
        case .residual(let kept):
            if let known = openType(base) {
                guard known == type else { return .value(.bool(false)) }
                guard let ancestor else { return .value(.bool(true)) }
                return .residual(output.add(.binary(.in, kept, embed(ancestor, self[ancestor])), span))
            }
            let inside = ancestor.map { embed($0, self[$0]) }
            return .residual(output.add(.is(kept, type, in: inside), span))
        }
    }

    /// Entities of different types are never equal.
    private func compareTypes(_ op: BinaryOperator, _ left: NodeID, _ right: NodeID) -> Outcome? {
        guard op == .equal || op == .notEqual else { return nil }
        for (open, other) in [(left, right), (right, left)] {
            guard let type = openType(open), case .value(let value) = self[other] else { continue }
            if case .entity(let uid) = value, uid.type == type { continue }
            return .value(.bool(op == .notEqual))
        }
        return nil
    }

    /// The type of a variable that is open but for it.
    private func openType(_ id: NodeID) -> Text? {
        guard case .variable(let variable) = tree[id].kind, case .open(let type?)? = request.part(variable) else { return nil }
        return type
    }

    // MARK: Operands

    private func operands(_ ids: [NodeID]) -> [(NodeID, Outcome)] { ids.map { ($0, self[$0]) } }

    /// The value where all operands have one; the first fault where only values come before it; else what is left.
    private mutating func apply(
        _ span: SourceSpan, _ operands: [(NodeID, Outcome)], _ rebuild: ([NodeID]) -> Expression.Kind,
        _ compute: ([Value], Entities) throws(EvaluationFault) -> Value
    ) -> Outcome {
        var values: [Value] = []
        for (_, outcome) in operands {
            if case .fault = outcome { return outcome }
            guard case .value(let value) = outcome else { break }
            values.append(value)
        }
        guard values.count == operands.count else { return .residual(output.add(rebuild(operands.map { embed($0.0, $0.1) }), span)) }
        do throws(EvaluationFault) {
            return .value(try compute(values, entities))
        } catch {
            return .fault(EvaluationError(fault: error, span: span))
        }
    }

    private func mismatch(_ value: Value, _ span: SourceSpan) -> Outcome { .fault(EvaluationError(fault: value.mismatch("bool"), span: span)) }

    /// An outcome as a part of what is left. What errs is kept as it was written, so that it errs again.
    private mutating func embed(_ id: NodeID, _ outcome: Outcome) -> NodeID {
        switch outcome {
        case .value(let value): return output.add(.literal(value), tree[id].span)
        case .residual(let kept): return kept
        case .fault: return copy(id)
        }
    }

    /// A whole sub-expression, unchanged.
    private mutating func copy(_ root: NodeID) -> NodeID {
        var needed: Set<Int32> = []
        var waiting = [root]
        while let id = waiting.popLast() {
            if needed.insert(id.index).inserted { waiting += tree[id].kind.children }
        }
        var copies: [NodeID: NodeID] = [:]
        var last = root
        for index in needed.sorted() {
            let id = NodeID(index: index)
            last = output.add(tree[id].kind.replacing { copies[$0] ?? $0 }, tree[id].span)
            copies[id] = last
        }
        return last
    }
}

extension Expression.Kind {
    /// Whether every value of it is a boolean.
    fileprivate var isBoolean: Bool {
        switch self {
        case .and, .or, .unary(.not, _), .unary(.isEmpty, _), .has, .like, .is: true
        case .binary(let op, _, _):
            switch op {
            case .add, .subtract, .multiply, .getTag: false
            default: true
            }
        default: false
        }
    }

    /// The same of other parts.
    fileprivate func replacing(_ part: (NodeID) -> NodeID) -> Expression.Kind {
        switch self {
        case .literal, .variable: self
        case .and(let left, let right): .and(part(left), part(right))
        case .or(let left, let right): .or(part(left), part(right))
        case .conditional(let test, let then, let otherwise): .conditional(part(test), then: part(then), else: part(otherwise))
        case .unary(let op, let operand): .unary(op, part(operand))
        case .binary(let op, let left, let right): .binary(op, part(left), part(right))
        case .attribute(let base, let name): .attribute(part(base), name)
        case .has(let base, let path): .has(part(base), path)
        case .like(let base, let pattern): .like(part(base), pattern)
        case .is(let base, let type, let ancestor): .is(part(base), type, in: ancestor.map(part))
        case .set(let elements): .set(elements.map(part))
        case .record(let members): .record(members.map { Expression.Member(key: $0.key, value: part($0.value)) })
        case .call(let function, let arguments): .call(function, arguments.map(part))
        }
    }
}
