/// Turns a tree into a plan.
struct Planner {
    private(set) var plan = Plan()
    private let options: CELOptions
    private var scopes: [(name: String, operation: Plan.Operation)] = []

    static func plan(_ node: SyntaxNode, _ options: CELOptions) -> Plan {
        var planner = Planner(options: options)
        planner.plan.root = planner.add(node)
        return planner.plan
    }

    private init(options: CELOptions) { self.options = options }

    // MARK: Tables

    private mutating func emit(_ operation: Plan.Operation, at position: CELPosition) -> Plan.Index {
        plan.operations.append(operation)
        plan.positions.append(position)
        return Plan.Index(plan.operations.count - 1)
    }

    private mutating func span(_ nodes: [SyntaxNode]) -> Plan.Span {
        let indices = nodes.map { add($0) }
        let start = plan.children.count
        plan.children += indices
        return Plan.Span(start: Int32(start), count: Int32(indices.count))
    }

    private mutating func member(_ name: String) -> Int32 {
        plan.members.append(name)
        return Int32(plan.members.count - 1)
    }

    private mutating func constant(_ value: CELValue, at position: CELPosition) -> Plan.Index {
        plan.constants.append(value)
        return emit(.constant(Int32(plan.constants.count - 1)), at: position)
    }

    private mutating func name(_ text: String, isAbsolute: Bool) -> Int32 {
        let candidates = isAbsolute ? [text] : Container.candidates(for: text, in: options.container)
        plan.names.append(Plan.Name(text: text, candidates: candidates, isType: CELType.names.contains(text)))
        return Int32(plan.names.count - 1)
    }

    private mutating func slot() -> Int {
        plan.slots += 1
        return plan.slots - 1
    }

    // MARK: Nodes

    private mutating func add(_ node: SyntaxNode) -> Plan.Index {
        let position = node.position
        switch node.kind {
        case .literal(let value): return constant(value, at: position)
        case .identifier(let name, let isAbsolute): return identifier(name, isAbsolute, at: position)
        case .select(let base, let member, let isOptional): return select(node, base, member, isOptional)
        case .presence(let base, let member):
            let base = add(base)
            return emit(.presence(base, member: self.member(member)), at: position)
        case .index(let base, let key, let isOptional):
            let (base, key) = (add(base), add(key))
            return emit(.index(base, key, isOptional: isOptional), at: position)
        case .call(let function, let receiver, let arguments): return call(function, receiver, arguments, at: position)
        case .list(let elements): return list(elements, at: position)
        case .map(let entries): return map(entries, at: position)
        case .message(let name, _): return emit(.message(member(name)), at: position)
        case .unary(let operation, let count, let operand):
            let operand = add(operand)
            return emit(.unary(operation, count: Int32(count), operand), at: position)
        case .binary(let operation, let left, let right):
            let (left, right) = (add(left), add(right))
            return emit(.binary(operation, left, right), at: position)
        case .all(let terms):
            let terms = span(terms)
            return emit(.all(terms), at: position)
        case .any(let terms):
            let terms = span(terms)
            return emit(.any(terms), at: position)
        case .conditional(let condition, let then, let otherwise):
            let (condition, then, otherwise) = (add(condition), add(then), add(otherwise))
            return emit(.conditional(condition, then, otherwise), at: position)
        case .comprehension(let comprehension): return add(comprehension, at: position)
        case .bindings(let bindings, let result): return add(bindings, result, at: position)
        case .optionalMap(let map):
            let target = add(map.target)
            let slot = slot()
            scopes.append((map.variable, .local(slot: Int32(slot))))
            let result = add(map.result)
            scopes.removeLast()
            return emit(.optionalMap(target, slot: Int32(slot), result: result, isFlat: map.isFlat), at: position)
        }
    }

    private mutating func identifier(_ name: String, _ isAbsolute: Bool, at position: CELPosition) -> Plan.Index {
        if !isAbsolute, let scope = scopes.last(where: { $0.name == name }) { return emit(scope.operation, at: position) }
        return emit(.variable(self.name(name, isAbsolute: isAbsolute)), at: position)
    }

    private mutating func select(_ node: SyntaxNode, _ base: SyntaxNode, _ member: String, _ isOptional: Bool) -> Plan.Index {
        let baseIndex = add(base)
        let select = emit(.select(baseIndex, member: self.member(member), isOptional: isOptional), at: node.position)
        guard !isOptional, let qualified = node.qualifiedName, let root = node.rootIdentifier else { return select }
        guard root.isAbsolute || !scopes.contains(where: { $0.name == root.name }) else { return select }
        return emit(.qualified(name(qualified, isAbsolute: root.isAbsolute), otherwise: select), at: node.position)
    }

    private mutating func list(_ elements: [SyntaxNode.Element], at position: CELPosition) -> Plan.Index {
        let span = span(elements.map(\.node))
        guard elements.contains(where: \.isOptional) else { return emit(.list(span), at: position) }
        plan.flags.append(elements.map(\.isOptional))
        return emit(.sparseList(span, optional: Int32(plan.flags.count - 1)), at: position)
    }

    private mutating func map(_ entries: [SyntaxNode.Entry], at position: CELPosition) -> Plan.Index {
        let span = span(entries.flatMap { [$0.key, $0.value] })
        guard entries.contains(where: \.isOptional) else { return emit(.map(span), at: position) }
        plan.flags.append(entries.map(\.isOptional))
        return emit(.sparseMap(span, optional: Int32(plan.flags.count - 1)), at: position)
    }

    // MARK: Calls

    private mutating func call(_ name: String, _ receiver: SyntaxNode?, _ arguments: [SyntaxNode], at position: CELPosition) -> Plan.Index {
        let library = FunctionLibrary.standard
        guard let function = receiver == nil ? library.global(name, in: options.container) : library.member[name] else {
            return emit(.unknownCall(member(spelling(name, receiver))), at: receiver?.start ?? position)
        }
        let operands = (receiver.map { [$0] } ?? []) + arguments
        if name == "or" || name == "orValue", operands.count == 2 {
            let (first, second) = (add(operands[0]), add(operands[1]))
            return emit(.fallback(first, second, isUnwrapped: name == "orValue"), at: position)
        }
        // A pattern that is known is compiled once. One that is malformed stays an error of the evaluation.
        if name == "matches", operands.count == 2, case .literal(.string(let pattern)) = operands[1].kind,
            let regex = try? RegularExpression(pattern)
        {
            plan.regexes.append(regex)
            let number = Int32(plan.regexes.count - 1)
            let text = add(operands[0])
            return emit(.matches(text, regex: number), at: position)
        }
        let span = span(operands)
        plan.functions.append(function)
        return emit(.call(Int32(plan.functions.count - 1), span), at: position)
    }

    /// Methods with a dot before them, so that the evaluation can say what there is instead.
    private func spelling(_ name: String, _ receiver: SyntaxNode?) -> String {
        guard let receiver else { return name }
        guard let space = receiver.qualifiedName, FunctionLibrary.spaces.contains(space), !scopes.contains(where: { $0.name == space }) else {
            return ".\(name)"
        }
        return "\(space).\(name)"
    }

    // MARK: Macros

    private mutating func add(_ comprehension: SyntaxNode.Comprehension, at position: CELPosition) -> Plan.Index {
        let range = add(comprehension.range)
        let slots = comprehension.variables.map { _ in slot() }
        for (name, slot) in zip(comprehension.variables, slots) { scopes.append((name, .local(slot: Int32(slot)))) }
        let predicate = comprehension.predicate.map { add($0) }
        let transform = comprehension.transform.map { add($0) }
        scopes.removeLast(slots.count)
        plan.comprehensions.append(
            Plan.Comprehension(macro: comprehension.macro, range: range, slots: slots, predicate: predicate, transform: transform))
        return emit(.comprehension(Int32(plan.comprehensions.count - 1)), at: position)
    }

    private mutating func add(_ bindings: [SyntaxNode.Binding], _ result: SyntaxNode, at position: CELPosition) -> Plan.Index {
        let group = Int32(plan.groups.count)
        plan.groups.append(Plan.BindingGroup(firstSlot: plan.slots, values: []))
        plan.slots += bindings.count
        var values: [Plan.Index] = []
        for (offset, binding) in bindings.enumerated() {
            values.append(add(binding.value))
            scopes.append((binding.name, .lazyLocal(group: group, offset: Int32(offset))))
        }
        plan.groups[Int(group)].values = values
        let result = add(result)
        scopes.removeLast(bindings.count)
        return emit(.bindings(group, result: result), at: position)
    }
}

/// Name resolution within a container (langdef.md, "Name Resolution").
enum Container {
    /// `x` in `a.b` may be `a.b.x`, `a.x` or `x`.
    static func candidates(for name: String, in container: String) -> [String] {
        guard !container.isEmpty, !name.hasPrefix("@") else { return [name] }
        var parts = container.split(separator: ".")
        var candidates: [String] = []
        while !parts.isEmpty {
            candidates.append(parts.joined(separator: ".") + "." + name)
            parts.removeLast()
        }
        return candidates + [name]
    }
}
