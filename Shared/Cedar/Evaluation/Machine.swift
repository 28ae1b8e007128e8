/// Runs programs for one request. The stack is kept between policies, so that a decision allocates little.
struct Machine {
    let request: Request
    let entities: Entities
    private var stack: [Value] = []

    init(request: Request, entities: Entities) {
        self.request = request
        self.entities = entities
        stack.reserveCapacity(32)
    }

    /// Whether all conditions hold. Programs have no loops, so they end after at most as many steps as they have instructions.
    mutating func isSatisfied(_ program: Program) throws(EvaluationError) -> Bool {
        if program === Program.alwaysTrue { return true }
        stack.removeAll(keepingCapacity: true)
        var next = 0
        while next < program.instructions.count {
            let current = next
            next += 1
            do {
                try step(program.instructions[current], program, &next)
            } catch {
                throw EvaluationError(fault: error, span: program.spans[current])
            }
        }
        guard case .bool(let result)? = stack.last else { preconditionFailure("a program leaves one boolean") }
        return result
    }

    /// The same, with what every sub-expression came to.
    mutating func trace(_ program: Program, _ tree: ExpressionTree) -> (Result<Bool, EvaluationError>, TracedValues) {
        stack.removeAll(keepingCapacity: true)
        var values: [Int32: Value] = [:]
        var next = 0
        while next < program.instructions.count {
            let current = next
            next += 1
            do throws(EvaluationFault) {
                try step(program.instructions[current], program, &next)
            } catch {
                let error = EvaluationError(fault: error, span: program.spans[current])
                return (.failure(error), TracedValues(tree, values, error))
            }
            if program.nodes[current] >= 0, let value = stack.last { values[program.nodes[current]] = value }
        }
        guard case .bool(let result)? = stack.last else { preconditionFailure("a program leaves one boolean") }
        return (.success(result), TracedValues(tree, values, nil))
    }

    private mutating func step(_ instruction: Instruction, _ program: Program, _ next: inout Int) throws(EvaluationFault) {
        switch instruction {
        case .constant(let index): stack.append(program.constants[Int(index)])
        case .variable(let variable): stack.append(request.value(of: variable))
        case .jumpIfFalse(let target): try shortCircuit(on: false, target, &next)
        case .jumpIfTrue(let target): try shortCircuit(on: true, target, &next)
        case .branch(let target): if try !pop().asBool() { next = Int(target) }
        case .jump(let target): next = Int(target)
        case .requireBool: _ = try top().asBool()
        case .unary(let op): replaceTop(with: try op.apply(top()))
        case .binary(let op):
            let right = pop()
            replaceTop(with: try op.apply(top(), right, entities))
        case .attribute(let name): replaceTop(with: try entities.attribute(program.names[Int(name)], of: top()))
        case .has(let path): replaceTop(with: .bool(try entities.has(program.paths[Int(path)], in: top())))
        case .like(let pattern): replaceTop(with: .bool(program.patterns[Int(pattern)].matches(try top().asString())))
        case .isType(let name): replaceTop(with: .bool(try top().asEntity().type == program.names[Int(name)]))
        case .jumpUnlessType(let name, let target):
            guard try top().asEntity().type != program.names[Int(name)] else { return }
            replaceTop(with: .bool(false))
            next = Int(target)
        case .makeSet(let count): stack.append(.set(SetValue(popLast(Int(count)))))
        case .makeRecord(let shape):
            let shape = program.shapes[Int(shape)]
            stack.append(.record(RecordValue(shape, values: popLast(shape.keys.count))))
        case .call(let function, let count): stack.append(try function.apply(popLast(Int(count))))
        }
    }

    private mutating func shortCircuit(on outcome: Bool, _ target: Int32, _ next: inout Int) throws(EvaluationFault) {
        if try top().asBool() == outcome {
            next = Int(target)
        } else {
            stack.removeLast()
        }
    }

    // MARK: Stack. The compiler pushes what it pops, so an empty stack is a bug of ours.

    private func top() -> Value {
        guard let value = stack.last else { preconditionFailure("the stack is empty") }
        return value
    }

    private mutating func pop() -> Value { stack.removeLast() }

    private mutating func popLast(_ count: Int) -> [Value] {
        let values = Array(stack.suffix(count))
        stack.removeLast(count)
        return values
    }

    private mutating func replaceTop(with value: Value) { stack[stack.count - 1] = value }
}
