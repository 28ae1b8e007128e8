/// Finds the type of every part of an expression, from its leaves up. Recursion is bounded by the parser's depth limit.
struct Checker {
    let environment: CELEnvironment
    let options: CELOptions
    var types = Unification()
    private(set) var problems: [CELTypeProblem] = []
    private var scopes: [(name: String, type: CELStaticType)] = []
    /// What the conditions around a part have made sure of.
    var facts = Facts()

    /// Each costs words; an expression that is wrong in more places is said to be so.
    private static let problemsMax = 50
    private static let typeDepthMax = 48

    init(_ environment: CELEnvironment, _ options: CELOptions) {
        self.environment = environment
        self.options = options
    }

    mutating func report(_ message: String, fix: String = "", at position: CELPosition) { add(.error, message, fix, position) }
    mutating func warn(_ message: String, fix: String = "", at position: CELPosition) { add(.warning, message, fix, position) }

    private mutating func add(_ severity: CELTypeProblem.Severity, _ message: String, _ fix: String, _ position: CELPosition) {
        guard problems.count < Self.problemsMax else { return }
        let problem = CELTypeProblem(severity: severity, position: position, message: message, fix: fix)
        if !problems.contains(problem) { problems.append(problem) }
    }

    /// Types are kept shallow, so that a chain of bindings that puts one into the next makes none that is long to walk.
    mutating func check(_ node: SyntaxNode) -> CELStaticType {
        let type = types.resolve(self.type(of: node))
        return type.isDeeper(than: Self.typeDepthMax) ? .dyn : type
    }

    private mutating func type(of node: SyntaxNode) -> CELStaticType {
        let position = node.position
        switch node.kind {
        case .literal(let value): return value.literalType
        case .identifier(let name, let isAbsolute): return identifier(name, isAbsolute, at: position)
        case .select(let base, let member, let isOptional): return select(node, base, member, isOptional)
        case .presence(let base, let member):
            presence(member, in: types.resolve(check(base)), at: position)
            return .bool
        case .index(let base, let key, let isOptional): return index(node, base, key, isOptional)
        case .call(let function, let receiver, let arguments): return call(function, receiver, arguments, at: position)
        case .list(let elements): return list(elements)
        case .map(let entries): return map(entries)
        case .message(let name, let fields):
            for field in fields { _ = check(field.value) }
            report("there is no message type '\(name)'", fix: "write a map: {\"field\": value}", at: position)
            return .message(name)
        case .unary(let operation, let count, let operand): return unary(operation, count, operand, at: position)
        case .binary(let operation, let left, let right):
            let operands = [check(left), check(right)]
            checkDivisor(operation, right)
            return resolve(operation.rawValue, OperatorSignatures.binary[operation] ?? [], operands, [left, right], at: position)
        case .all(let terms): return logical(terms, whenTrue: true)
        case .any(let terms): return logical(terms, whenTrue: false)
        case .conditional(let condition, let then, let otherwise): return conditional(condition, then, otherwise, at: position)
        case .comprehension(let comprehension): return comprehend(comprehension, at: position)
        case .bindings(let bindings, let result):
            for binding in bindings { scopes.append((binding.name, check(binding.value))) }
            let type = check(result)
            scopes.removeLast(bindings.count)
            return type
        case .optionalMap(let map): return optionalMap(map, at: position)
        }
    }

    mutating func check(_ node: SyntaxNode, binding names: [(String, CELStaticType)]) -> CELStaticType {
        let outer = facts
        defer { facts = outer }
        facts.forget(Set(names.map(\.0)))
        return check(node, bindingKeepingFacts: names)
    }

    mutating func check(_ node: SyntaxNode, bindingKeepingFacts names: [(String, CELStaticType)]) -> CELStaticType {
        scopes += names.map { (name: $0.0, type: $0.1) }
        defer { scopes.removeLast(names.count) }
        return check(node)
    }

    // MARK: Names

    private mutating func identifier(_ name: String, _ isAbsolute: Bool, at position: CELPosition) -> CELStaticType {
        if !isAbsolute, let scope = scopes.last(where: { $0.name == name }) { return narrowed(scope.type, name) }
        if let type = declared(name, isAbsolute) { return narrowed(type, name) }
        if name.hasPrefix("@") { return .dyn }
        let names = environment.variables.keys.sorted()
        let nearest = Spelling.nearest(to: name, in: scopes.map(\.name) + names).map { "did you mean '\($0)'?" }
        let known = names.isEmpty ? "there are no variables here" : "there are \(names.prefix(16).joined(separator: ", "))"
        report("there is no variable '\(name)'", fix: nearest ?? known, at: position)
        return .dyn
    }

    private func declared(_ name: String, _ isAbsolute: Bool) -> CELStaticType? {
        for candidate in isAbsolute ? [name] : Container.candidates(for: name, in: options.container) {
            if let type = environment.variables[candidate] { return type }
            if let type = CELType(rawValue: candidate) { return .type(type.staticType) }
        }
        return nil
    }

    func isBound(_ name: String) -> Bool { scopes.contains { $0.name == name } }

    private mutating func select(_ node: SyntaxNode, _ base: SyntaxNode, _ member: String, _ isOptional: Bool) -> CELStaticType {
        let path = node.qualifiedName
        if let path, let root = node.rootIdentifier, root.isAbsolute || !isBound(root.name), let type = declared(path, root.isAbsolute) {
            return narrowed(type, path)
        }
        let baseType = types.resolve(check(base))
        let isKnown = path.map { facts.present.contains($0) } ?? false
        let type = self.member(member, of: baseType, at: node.position, isKnown: isKnown || isOptional) ?? .dyn
        if isOptional { return type.isOptional ? type : .optional(type) }
        return path.map { narrowed(type, $0) } ?? type
    }

    /// Without null, where a condition has excluded it.
    private func narrowed(_ type: CELStaticType, _ path: String) -> CELStaticType {
        guard case .union(let types) = type, facts.nonNull.contains(path) else { return type }
        return CELStaticType.joined(types.filter { $0 != .null })
    }

    // MARK: Logic

    mutating func expectBool(_ node: SyntaxNode, _ what: String) {
        let type = check(node)
        if !types.assign(type, to: .bool) {
            report(
                "\(what) must be true or false, but this is \(types.resolve(type, isFinal: true))", fix: "compare it, for example with ==",
                at: node.start)
        }
    }

    private mutating func logical(_ terms: [SyntaxNode], whenTrue: Bool) -> CELStaticType {
        let outer = facts
        for term in terms {
            expectBool(term, "an operand of \(whenTrue ? "&&" : "||")")
            facts.add(term, isTrue: whenTrue)
        }
        facts = outer
        return .bool
    }

    private mutating func conditional(
        _ condition: SyntaxNode, _ then: SyntaxNode, _ otherwise: SyntaxNode, at position: CELPosition
    ) -> CELStaticType {
        expectBool(condition, "a condition")
        let outer = facts
        facts.add(condition, isTrue: true)
        let thenType = check(then)
        facts = outer
        facts.add(condition, isTrue: false)
        let otherwiseType = check(otherwise)
        facts = outer
        let result = types.fresh()
        guard types.assign([thenType, otherwiseType], to: [result, result]) else {
            let (a, b) = (types.resolve(thenType, isFinal: true), types.resolve(otherwiseType, isFinal: true))
            report("the branches of ?: must be of one type, but are \(a) and \(b)", fix: "convert one, or put dyn(…) around it", at: position)
            return .dyn
        }
        return types.resolve(result)
    }
}

extension CELValue {
    fileprivate var literalType: CELStaticType {
        switch self {
        case .null: .null
        case .bool: .bool
        case .int: .int
        case .uint: .uint
        case .double: .double
        case .string: .string
        case .bytes: .bytes
        default: .dyn
        }
    }
}

extension CELType {
    /// What the name of the type stands for.
    fileprivate var staticType: CELStaticType {
        switch self {
        case .null: .null
        case .bool: .bool
        case .int: .int
        case .uint: .uint
        case .double: .double
        case .string: .string
        case .bytes: .bytes
        case .list: .list(.dyn)
        case .map: .map(.dyn, .dyn)
        case .timestamp: .timestamp
        case .duration: .duration
        case .optional: .optional(.dyn)
        case .address, .network: .opaque(rawValue, [])
        default: .type(.dyn)
        }
    }
}

extension CELStaticType {
    var isOptional: Bool { if case .opaque("optional_type", _) = self { true } else { false } }

    /// One type for a value that is of one of these.
    static func joined(_ types: [CELStaticType]) -> CELStaticType {
        var distinct: [CELStaticType] = []
        for type in types {
            for part in type.alternatives where !distinct.contains(part) { distinct.append(part) }
        }
        if distinct.contains(.dyn) || distinct.isEmpty { return .dyn }
        return distinct.count == 1 ? distinct[0] : .union(distinct)
    }

    func isDeeper(than levels: Int) -> Bool {
        guard levels > 0 else { return true }
        return switch self {
        case .list(let type), .type(let type), .wrapper(let type): type.isDeeper(than: levels - 1)
        case .map(let key, let value): key.isDeeper(than: levels - 1) || value.isDeeper(than: levels - 1)
        case .opaque(_, let types), .union(let types): types.contains { $0.isDeeper(than: levels - 1) }
        default: false
        }
    }

    var alternatives: [CELStaticType] { if case .union(let types) = self { types } else { [self] } }
}
