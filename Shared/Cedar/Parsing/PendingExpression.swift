/// What waits, while an expression is parsed, for the part of it that comes next.
///
/// The parser keeps these on a stack of its own, so that nesting in a policy costs memory that is limited by a number, and never the
/// thread's stack.
enum PendingExpression {
    // Signs and operators with their left side.
    case sign(UnaryOperator, count: Int, SourceSpan)
    case binary(BinaryOperator, Operand)
    case isIn(Operand, Text)
    case and(Operand)
    case or(Operand)
    // What an expression stands in.
    case root
    case parentheses(SourceSpan)
    case test(SourceSpan)
    case then(SourceSpan, test: NodeID)
    case otherwise(SourceSpan, test: NodeID, then: NodeID)
    // Lists; what they have so far is in `Parser.listed` or `Parser.members` from there on.
    case set(SourceSpan, from: Int)
    case record(SourceSpan, from: Int)
    case call(Text, SourceSpan, from: Int)
    case method(String, SourceSpan, Operand, from: Int)

    /// How tightly it holds what follows; nil for what an expression stands in.
    var binding: Binding? {
        switch self {
        case .or: .or
        case .and: .and
        case .binary(let op, _): op.binding
        case .isIn: .relation
        case .sign: .sign
        case .root, .parentheses, .test, .then, .otherwise, .set, .record, .call, .method: nil
        }
    }
}

/// From the loosest to the tightest.
enum Binding: Int, Comparable {
    case or, and, relation, sum, product, sign, member

    static func < (a: Binding, b: Binding) -> Bool { a.rawValue < b.rawValue }
}

/// An expression that is parsed so far as the tokens before the cursor go.
struct Operand {
    let node: NodeID
    /// Where it begins, with its parentheses.
    let lower: Int
    /// Of its outermost operator.
    let binding: Binding
}

extension BinaryOperator {
    /// Of the operators that are written between their operands; methods bind as members do, and are never pending.
    var binding: Binding {
        switch self {
        case .add, .subtract: .sum
        case .multiply: .product
        default: .relation
        }
    }
}
