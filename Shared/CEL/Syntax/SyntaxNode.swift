/// An expression's tree. Each node knows where it stands, so that a fault found in it can say so too.
struct SyntaxNode: Sendable {
    indirect enum Kind: Sendable {
        case literal(CELValue)
        /// Absolute with a dot before it: no container and no bound variable is looked at.
        case identifier(String, isAbsolute: Bool)
        /// Optional where it is written `a.?b`.
        case select(SyntaxNode, member: String, isOptional: Bool)
        case presence(SyntaxNode, member: String)
        case index(SyntaxNode, SyntaxNode, isOptional: Bool)
        case call(function: String, receiver: SyntaxNode?, arguments: [SyntaxNode])
        case list([Element])
        case map([Entry])
        case message(name: String, fields: [Field])
        case unary(UnaryOperator, count: Int, SyntaxNode)
        case binary(BinaryOperator, SyntaxNode, SyntaxNode)
        /// `&&` and `||` chains are one node: they are commutative, and a chain of a thousand must not be a thousand deep.
        case all([SyntaxNode])
        case any([SyntaxNode])
        case conditional(SyntaxNode, then: SyntaxNode, otherwise: SyntaxNode)
        case comprehension(Comprehension)
        /// `cel.bind` and `cel.block`: each value sees the names before it and is evaluated once, when it is needed.
        case bindings([Binding], result: SyntaxNode)
        case optionalMap(OptionalMap)
    }

    struct Element: Sendable {
        var node: SyntaxNode
        /// `[?a]`: only there if `a` has a value.
        var isOptional = false
    }

    struct Entry: Sendable {
        var key: SyntaxNode
        var value: SyntaxNode
        var isOptional = false
    }

    struct Field: Sendable {
        var name: String
        var value: SyntaxNode
    }

    struct Binding: Sendable {
        var name: String
        var value: SyntaxNode
    }

    /// `target.optMap(x, result)` and `optFlatMap`, whose result is an optional itself.
    struct OptionalMap: Sendable {
        var target: SyntaxNode
        var variable: String
        var result: SyntaxNode
        var isFlat: Bool
    }

    enum UnaryOperator: String, Sendable { case not = "!", negate = "-" }

    enum BinaryOperator: String, Sendable {
        case equal = "==", notEqual = "!=", less = "<", lessOrEqual = "<=", greater = ">", greaterOrEqual = ">=", `in` = "in"
        case add = "+", subtract = "-", multiply = "*", divide = "/", remainder = "%"
    }

    struct Comprehension: Sendable {
        enum Macro: String, Sendable, CaseIterable {
            case all, exists, existsOne = "exists_one", map, filter, transformList, transformMap, transformMapEntry, sortBy
        }
        var macro: Macro
        var range: SyntaxNode
        /// One: the element of a list or the key of a map. Two: index and element, or key and value.
        var variables: [String]
        /// The condition, where there is one.
        var predicate: SyntaxNode?
        /// What is made of an element.
        var transform: SyntaxNode?
    }

    var kind: Kind
    var position: CELPosition
    /// Nodes above each other from here down.
    var depth: Int
}

extension SyntaxNode {
    /// `a.b.c` where this is nothing but names.
    var qualifiedName: String? {
        switch kind {
        case .identifier(let name, _): name
        case .select(let base, let member, false): base.qualifiedName.map { "\($0).\(member)" }
        default: nil
        }
    }

    /// The identifier that a chain of names begins with.
    var rootIdentifier: (name: String, isAbsolute: Bool)? {
        switch kind {
        case .identifier(let name, let isAbsolute): (name, isAbsolute)
        case .select(let base, _, false): base.rootIdentifier
        default: nil
        }
    }

    /// Where it begins in the source; `position` is where its operator stands.
    var start: CELPosition {
        switch kind {
        case .select(let base, _, _), .presence(let base, _), .index(let base, _, _): base.start
        case .call(_, let receiver?, _): receiver.start
        case .binary(_, let left, _): left.start
        case .all(let terms), .any(let terms): terms.first?.start ?? position
        case .conditional(let condition, _, _): condition.start
        case .comprehension(let comprehension): comprehension.range.start
        case .optionalMap(let map): map.target.start
        default: position
        }
    }
}
