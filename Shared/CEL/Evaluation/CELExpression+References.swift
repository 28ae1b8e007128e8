/// A use of a variable, with the members that are named behind it: `steps.open.output` is the path [steps, open, output].
public struct CELReference: Hashable, Sendable {
    public var path: [String]
    public var position: CELPosition
    /// It stands in `has(…)`, which needs no such member.
    public var isPresenceTest: Bool
}

/// A call of a function that does not exist.
public struct CELUnknownFunction: Hashable, Sendable {
    public var name: String
    public var position: CELPosition
    /// A function of a similar name, where there is one.
    public var suggestion: String
}

/// What can be said about an expression before there are values: what a publish-time check needs.
extension CELExpression {
    /// Every variable the expression looks at, except those that its macros bind and the names of types.
    public var references: [CELReference] {
        var walker = ReferenceWalker()
        walker.walk(root, bound: [])
        return walker.references
    }

    /// The names of the messages that it makes.
    public var messageTypes: [String] {
        var walker = ReferenceWalker()
        walker.walk(root, bound: [])
        return walker.messageTypes
    }

    public var unknownFunctions: [CELUnknownFunction] {
        var walker = ReferenceWalker()
        walker.walk(root, bound: [])
        return walker.unknownFunctions
    }
}

private struct ReferenceWalker {
    var references: [CELReference] = []
    var unknownFunctions: [CELUnknownFunction] = []
    var messageTypes: [String] = []

    mutating func walk(_ node: SyntaxNode, bound: Set<String>) {
        if let path = node.path {
            if !bound.contains(path[0]), path.count > 1 || CELType(rawValue: path[0]) == nil, CELType(rawValue: path.joined(separator: ".")) == nil {
                references.append(CELReference(path: path, position: node.start, isPresenceTest: node.isPresenceTest))
            }
            return
        }
        switch node.kind {
        case .literal, .identifier: break
        case .select(let base, _, _), .presence(let base, _), .unary(_, _, let base): walk(base, bound: bound)
        case .index(let a, let b, _), .binary(_, let a, let b): walk([a, b], bound: bound)
        case .call(let function, let receiver, let arguments): walk(function, receiver, arguments, at: node.position, bound: bound)
        case .list(let elements): walk(elements.map(\.node), bound: bound)
        case .all(let nodes), .any(let nodes): walk(nodes, bound: bound)
        case .map(let entries): walk(entries.flatMap { [$0.key, $0.value] }, bound: bound)
        case .message(let name, let fields):
            messageTypes.append(name)
            add(unknown: name, isMember: false, at: node.position)
            walk(fields.map(\.value), bound: bound)
        case .conditional(let a, let b, let c): walk([a, b, c], bound: bound)
        case .comprehension(let comprehension):
            walk(comprehension.range, bound: bound)
            walk([comprehension.predicate, comprehension.transform].compactMap { $0 }, bound: bound.union(comprehension.variables))
        case .bindings(let bindings, let result):
            var bound = bound
            for binding in bindings {
                walk(binding.value, bound: bound)
                bound.insert(binding.name)
            }
            walk(result, bound: bound)
        case .optionalMap(let map):
            walk(map.target, bound: bound)
            walk(map.result, bound: bound.union([map.variable]))
        }
    }

    private mutating func walk(_ nodes: [SyntaxNode], bound: Set<String>) {
        for node in nodes { walk(node, bound: bound) }
    }

    private mutating func walk(
        _ function: String, _ receiver: SyntaxNode?, _ arguments: [SyntaxNode], at position: CELPosition, bound: Set<String>
    ) {
        walk(arguments, bound: bound)
        guard let receiver else {
            if FunctionLibrary.standard.global[function] == nil { add(unknown: function, isMember: false, at: position) }
            return
        }
        // `math.abss(x)`: a function of a space that there is, not a method of a variable.
        if let space = receiver.qualifiedName, FunctionLibrary.spaces.contains(space), !bound.contains(space),
            FunctionLibrary.standard.member[function] == nil
        {
            add(unknown: "\(space).\(function)", isMember: false, at: receiver.start)
            return
        }
        if FunctionLibrary.standard.member[function] == nil { add(unknown: function, isMember: true, at: position) }
        walk(receiver, bound: bound)
    }

    private mutating func add(unknown name: String, isMember: Bool, at position: CELPosition) {
        let suggestion = Spelling.nearest(to: name, in: FunctionLibrary.standard.names(isMember: isMember)) ?? ""
        unknownFunctions.append(CELUnknownFunction(name: name, position: position, suggestion: suggestion))
    }
}

extension SyntaxNode {
    /// The names of a pure member access, also through `has` and a constant string index.
    fileprivate var path: [String]? {
        switch kind {
        case .identifier(let name, _): [name]
        case .select(let base, let member, _), .presence(let base, let member): base.path.map { $0 + [member] }
        case .index(let base, let key, _):
            if case .literal(.string(let member)) = key.kind { base.path.map { $0 + [member] } } else { nil }
        default: nil
        }
    }

    /// What stands in `has(…)`, or behind `.?`, need not be there.
    fileprivate var isPresenceTest: Bool {
        switch kind {
        case .presence: true
        case .select(let base, _, let isOptional), .index(let base, _, let isOptional): isOptional || base.isPresenceTest
        default: false
        }
    }
}
