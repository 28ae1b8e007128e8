/// The expressions of one policy as a flat array, in which a node comes after the nodes it is made of.
package struct ExpressionTree: Hashable, Sendable {
    package private(set) var nodes: [Expression] = []

    package subscript(id: NodeID) -> Expression { nodes[Int(id.index)] }

    mutating func add(_ kind: Expression.Kind, _ span: SourceSpan) -> NodeID {
        nodes.append(Expression(kind: kind, span: span))
        return NodeID(index: Int32(nodes.count - 1))
    }
}

/// The place of an expression in its tree.
package struct NodeID: Hashable, Sendable {
    package let index: Int32
}

package struct Expression: Hashable, Sendable {
    package let kind: Kind
    package let span: SourceSpan

    package enum Kind: Hashable, Sendable {
        case literal(Value)
        case variable(Variable)
        case and(NodeID, NodeID)
        case or(NodeID, NodeID)
        case conditional(NodeID, then: NodeID, else: NodeID)
        case unary(UnaryOperator, NodeID)
        case binary(BinaryOperator, NodeID, NodeID)
        case attribute(NodeID, Text)
        /// `e has a.b.c`: one name or a path of them.
        case has(NodeID, [Text])
        case like(NodeID, Pattern)
        case `is`(NodeID, Text, in: NodeID?)
        case set([NodeID])
        case record([Member])
        case call(ExtensionFunction, [NodeID])
    }

    package struct Member: Hashable, Sendable {
        package let key: Text
        package let value: NodeID
    }
}

package enum Variable: String, Hashable, Sendable { case principal, action, resource, context }

package enum UnaryOperator: Hashable, Sendable { case not, negate, isEmpty }

package enum BinaryOperator: String, Hashable, Sendable {
    case equal = "=="
    case notEqual = "!="
    case less = "<"
    case lessEqual = "<="
    case greater = ">"
    case greaterEqual = ">="
    case `in` = "in"
    case add = "+"
    case subtract = "-"
    case multiply = "*"
    case contains, containsAll, containsAny, getTag, hasTag
}
