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

    public var unknownFunctions: [CELUnknownFunction] {
        var walker = ReferenceWalker()
        walker.walk(root, bound: [])
        return walker.unknownFunctions
    }
}

private struct ReferenceWalker {
    var references: [CELReference] = []
    var unknownFunctions: [CELUnknownFunction] = []

    mutating func walk(_ node: SyntaxNode, bound: Set<String>) {
        if let path = node.path {
            if !bound.contains(path[0]), path.count > 1 || CELType(rawValue: path[0]) == nil {
                references.append(CELReference(path: path, position: node.start, isPresenceTest: node.isPresenceTest))
            }
            return
        }
        switch node.kind {
        case .literal, .identifier: break
        case .select(let base, _), .presence(let base, _), .unary(_, _, let base): walk(base, bound: bound)
        case .index(let a, let b), .binary(_, let a, let b): walk([a, b], bound: bound)
        case .call(let function, let receiver, let arguments):
            if !StandardFunctions.exists(function, isMember: receiver != nil) { add(unknown: function, isMember: receiver != nil, at: node.position) }
            walk((receiver.map { [$0] } ?? []) + arguments, bound: bound)
        case .list(let nodes), .all(let nodes), .any(let nodes): walk(nodes, bound: bound)
        case .map(let entries): walk(entries.flatMap { [$0.key, $0.value] }, bound: bound)
        case .message(let name): add(unknown: name, isMember: false, at: node.position)
        case .conditional(let a, let b, let c): walk([a, b, c], bound: bound)
        case .comprehension(let comprehension):
            walk(comprehension.range, bound: bound)
            walk([comprehension.predicate, comprehension.transform].compactMap { $0 }, bound: bound.union([comprehension.variable]))
        }
    }

    private mutating func walk(_ nodes: [SyntaxNode], bound: Set<String>) {
        for node in nodes { walk(node, bound: bound) }
    }

    private mutating func add(unknown name: String, isMember: Bool, at position: CELPosition) {
        let suggestion = Spelling.nearest(to: name, in: StandardFunctions.names(isMember: isMember)) ?? ""
        unknownFunctions.append(CELUnknownFunction(name: name, position: position, suggestion: suggestion))
    }
}

extension SyntaxNode {
    /// The names of a pure member access, also through `has` and a constant string index.
    fileprivate var path: [String]? {
        switch kind {
        case .identifier(let name): [name]
        case .select(let base, let member), .presence(let base, let member): base.path.map { $0 + [member] }
        case .index(let base, let key):
            if case .literal(.string(let member)) = key.kind { base.path.map { $0 + [member] } } else { nil }
        default: nil
        }
    }

    fileprivate var isPresenceTest: Bool { if case .presence = kind { true } else { false } }

    fileprivate var start: CELPosition {
        switch kind {
        case .select(let base, _), .presence(let base, _), .index(let base, _): base.start
        default: position
        }
    }
}
