/// Turns expression trees into programs, with a work list instead of recursion: a chain of ten thousand `&&` is as deep a tree.
struct Compiler {
    private enum Task {
        case visit(NodeID)
        /// An instruction that leaves the value of an expression, if it is that of one.
        case emit(Instruction, SourceSpan, NodeID?)
        /// A jump to a label that is not placed yet.
        case emitJump(Jump, Label, SourceSpan)
        case place(Label)
    }

    private enum Jump { case ifFalse, ifTrue, branch, always, unlessType(Int32) }
    private struct Label { let index: Int }

    private let tree: ExpressionTree
    private var program = Program.Draft()
    private var tasks: [Task] = []
    private var labels: [Int32] = []
    private var jumps: [(instruction: Int, label: Label)] = []

    private init(_ tree: ExpressionTree) { self.tree = tree }

    /// `c1 && c2 && …`, where an `unless` counts as the negation of its body.
    static func compile(_ conditions: [Condition], of tree: ExpressionTree) -> Program {
        guard let first = conditions.first else { return .alwaysTrue }
        var compiler = Compiler(tree)
        let end = compiler.newLabel()
        var pending: [Task] = compiler.tasks(for: first)
        for condition in conditions.dropFirst() {
            let span = tree[condition.body].span
            pending += [.emitJump(.ifFalse, end, span)] + compiler.tasks(for: condition)
        }
        // The whole must be a boolean, as the operand of a conjunction would have to be.
        pending += [.emit(.requireBool, tree[first.body].span, nil), .place(end)]
        compiler.tasks = pending.reversed()
        compiler.run()
        return Program(compiler.program)
    }

    private func tasks(for condition: Condition) -> [Task] {
        let visit = Task.visit(condition.body)
        return condition.kind == .when ? [visit] : [visit, .emit(.unary(.not), tree[condition.body].span, nil)]
    }

    private mutating func run() {
        while let task = tasks.popLast() {
            switch task {
            case .visit(let id): visit(id)
            case .emit(let instruction, let span, let id): emit(instruction, span, id)
            case .emitJump(let jump, let label, let span): emit(jump, label, span)
            case .place(let label): labels[label.index] = Int32(program.instructions.count)
            }
        }
        for (instruction, label) in jumps { patch(instruction, to: labels[label.index]) }
    }

    /// Puts tasks on the list so that the first is done first.
    private mutating func schedule(_ next: [Task]) { tasks.append(contentsOf: next.reversed()) }

    private mutating func visit(_ id: NodeID) {
        let node = tree[id]
        let span = node.span
        switch node.kind {
        case .literal(let value): emit(.constant(program.constants.append(index: value)), span, id)
        case .variable(let variable): emit(.variable(variable), span, id)
        case .and(let left, let right): visitLogical(.ifFalse, left, right, span)
        case .or(let left, let right): visitLogical(.ifTrue, left, right, span)
        case .conditional(let test, let then, let otherwise): visitConditional(test, then, otherwise, span)
        case .unary(let op, let operand): schedule([.visit(operand), .emit(.unary(op), span, id)])
        case .binary(let op, let left, let right): schedule([.visit(left), .visit(right), .emit(.binary(op), span, id)])
        case .attribute(let base, let name):
            schedule([.visit(base), .emit(.attribute(program.names.append(index: name)), span, id)])
        case .has(let base, let path): schedule([.visit(base), .emit(.has(program.paths.append(index: path)), span, id)])
        case .like(let base, let pattern): schedule([.visit(base), .emit(.like(program.patterns.append(index: pattern)), span, id)])
        case .is(let base, let type, let ancestor): visitIs(base, type, ancestor, span, id)
        case .set(let elements):
            schedule(elements.map(Task.visit) + [.emit(.makeSet(Int32(elements.count)), span, id)])
        case .record(let unordered):
            // Cedar evaluates the members in the order of their names, which shows in which of two errors is reported.
            let members = unordered.sorted { $0.key < $1.key }
            let shape = program.shapes.append(index: RecordValue.Shape(members.map(\.key)))
            schedule(members.map { .visit($0.value) } + [.emit(.makeRecord(shape), span, id)])
        case .call(let function, let arguments): visitCall(function, arguments, span, id)
        }
    }

    private mutating func visitLogical(_ jump: Jump, _ left: NodeID, _ right: NodeID, _ span: SourceSpan) {
        let end = newLabel()
        schedule([
            .visit(left), .emitJump(jump, end, tree[left].span), .visit(right), .emit(.requireBool, tree[right].span, nil), .place(end),
        ])
    }

    private mutating func visitConditional(_ test: NodeID, _ then: NodeID, _ otherwise: NodeID, _ span: SourceSpan) {
        let (elseLabel, end) = (newLabel(), newLabel())
        schedule([
            .visit(test), .emitJump(.branch, elseLabel, tree[test].span), .visit(then), .emitJump(.always, end, span), .place(elseLabel),
            .visit(otherwise), .place(end),
        ])
    }

    private mutating func visitIs(_ base: NodeID, _ type: Text, _ ancestor: NodeID?, _ span: SourceSpan, _ id: NodeID) {
        let name = program.names.append(index: type)
        guard let ancestor else {
            schedule([.visit(base), .emit(.isType(name), span, id)])
            return
        }
        let end = newLabel()
        schedule([
            .visit(base), .emitJump(.unlessType(name), end, span), .visit(ancestor), .emit(.binary(.in), span, id), .place(end),
        ])
    }

    /// A constructor of a good literal is that value from now on; a bad one errs each time it is reached, as Cedar has it.
    private mutating func visitCall(_ function: ExtensionFunction, _ arguments: [NodeID], _ span: SourceSpan, _ id: NodeID) {
        if function.isConstructor, arguments.count == 1, case .literal(let literal) = tree[arguments[0]].kind,
            let value = try? function.apply([literal])
        {
            emit(.constant(program.constants.append(index: value)), span, id)
            return
        }
        schedule(arguments.map(Task.visit) + [.emit(.call(function, Int32(arguments.count)), span, id)])
    }

    // MARK: Output

    private mutating func newLabel() -> Label {
        labels.append(0)
        return Label(index: labels.count - 1)
    }

    private mutating func emit(_ instruction: Instruction, _ span: SourceSpan, _ id: NodeID? = nil) {
        program.instructions.append(instruction)
        program.spans.append(span)
        program.nodes.append(id?.index ?? -1)
    }

    private mutating func emit(_ jump: Jump, _ label: Label, _ span: SourceSpan) {
        jumps.append((program.instructions.count, label))
        switch jump {
        case .ifFalse: emit(.jumpIfFalse(0), span)
        case .ifTrue: emit(.jumpIfTrue(0), span)
        case .branch: emit(.branch(0), span)
        case .always: emit(.jump(0), span)
        case .unlessType(let name): emit(.jumpUnlessType(name, 0), span)
        }
    }

    private mutating func patch(_ index: Int, to target: Int32) {
        switch program.instructions[index] {
        case .jumpIfFalse: program.instructions[index] = .jumpIfFalse(target)
        case .jumpIfTrue: program.instructions[index] = .jumpIfTrue(target)
        case .branch: program.instructions[index] = .branch(target)
        case .jump: program.instructions[index] = .jump(target)
        case .jumpUnlessType(let name, _): program.instructions[index] = .jumpUnlessType(name, target)
        default: preconditionFailure("only jumps are patched")
        }
    }
}

extension Array {
    /// Appends and says where.
    fileprivate mutating func append(index element: Element) -> Int32 {
        append(element)
        return Int32(count - 1)
    }
}
