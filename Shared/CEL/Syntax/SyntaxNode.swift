/// An expression's tree. Each node knows where it stands, so that an evaluation error can say so too.
struct SyntaxNode: Sendable {
    indirect enum Kind: Sendable {
        case literal(CELValue)
        case identifier(String)
        case select(SyntaxNode, member: String)
        case presence(SyntaxNode, member: String)
        case index(SyntaxNode, SyntaxNode)
        case call(function: String, receiver: SyntaxNode?, arguments: [SyntaxNode])
        case list([SyntaxNode])
        case map([(key: SyntaxNode, value: SyntaxNode)])
        case message(name: String)
        case unary(UnaryOperator, count: Int, SyntaxNode)
        case binary(BinaryOperator, SyntaxNode, SyntaxNode)
        /// `&&` and `||` chains are one node: they are commutative, and a chain of a thousand must not be a thousand deep.
        case all([SyntaxNode])
        case any([SyntaxNode])
        case conditional(SyntaxNode, then: SyntaxNode, otherwise: SyntaxNode)
        case comprehension(Comprehension)
    }

    enum UnaryOperator: String, Sendable { case not = "!", negate = "-" }

    enum BinaryOperator: String, Sendable {
        case equal = "==", notEqual = "!=", less = "<", lessOrEqual = "<=", greater = ">", greaterOrEqual = ">=", `in` = "in"
        case add = "+", subtract = "-", multiply = "*", divide = "/", remainder = "%"
    }

    struct Comprehension: Sendable {
        enum Macro: String, Sendable { case all, exists, existsOne = "exists_one", map, filter }
        var macro: Macro
        var range: SyntaxNode
        var variable: String
        /// The condition; absent only for a `map` without one.
        var predicate: SyntaxNode?
        /// What `map` makes of an element.
        var transform: SyntaxNode?
    }

    var kind: Kind
    var position: CELPosition
    /// Nodes above each other from here down.
    var depth: Int
}
