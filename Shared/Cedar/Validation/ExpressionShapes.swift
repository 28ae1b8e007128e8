/// Numbers for expressions, equal where these are written alike, wherever they stand.
struct ExpressionShapes {
    private let tree: ExpressionTree
    private var known: [Expression.Kind: Int32] = [:]
    private var ofNodes: [Int32] = []

    init(_ tree: ExpressionTree) { self.tree = tree }

    /// Nodes come after what they are made of, so that one pass suffices. It is made when the first shape is asked for: most policies have
    /// nothing optional in them.
    mutating func shape(of node: NodeID) -> Int32 {
        if ofNodes.isEmpty {
            ofNodes.reserveCapacity(tree.nodes.count)
            for node in tree.nodes { ofNodes.append(shape(node.kind)) }
        }
        return ofNodes[Int(node.index)]
    }

    /// Of an attribute of what has a shape.
    mutating func attribute(_ name: Text, of base: Int32) -> Int32 { number(.attribute(NodeID(index: base), name)) }

    mutating func string(_ text: Text) -> Int32 { number(.literal(.string(text))) }

    private mutating func number(_ kind: Expression.Kind) -> Int32 {
        if let shape = known[kind] { return shape }
        let shape = Int32(known.count)
        known[kind] = shape
        return shape
    }

    /// Operators that stand for the negation of others are written as that.
    private mutating func shape(_ kind: Expression.Kind) -> Int32 {
        switch kind {
        case .literal, .variable: return number(kind)
        case .and(let a, let b): return number(.and(of(a), of(b)))
        case .or(let a, let b): return number(.or(of(a), of(b)))
        case .conditional(let test, let then, let otherwise): return number(.conditional(of(test), then: of(then), else: of(otherwise)))
        case .unary(let op, let operand): return number(.unary(op, of(operand)))
        case .binary(.notEqual, let a, let b): return negated(.equal, a, b)
        case .binary(.greater, let a, let b): return negated(.lessEqual, a, b)
        case .binary(.greaterEqual, let a, let b): return negated(.less, a, b)
        case .binary(let op, let a, let b): return number(.binary(op, of(a), of(b)))
        case .attribute(let base, let name): return number(.attribute(of(base), name))
        case .has(let base, let path): return number(.has(of(base), path))
        case .like(let base, let pattern): return number(.like(of(base), pattern))
        case .is(let base, let type, let ancestor): return number(.is(of(base), type, in: ancestor.map(of)))
        case .set(let elements): return number(.set(elements.map(of)))
        case .record(let members):
            return number(.record(members.map { .init(key: $0.key, value: of($0.value)) }.sorted { $0.key < $1.key }))
        case .call(let function, let arguments): return number(.call(function, arguments.map(of)))
        }
    }

    private mutating func negated(_ op: BinaryOperator, _ a: NodeID, _ b: NodeID) -> Int32 {
        let inner = number(.binary(op, of(a), of(b)))
        return number(.unary(.not, NodeID(index: inner)))
    }

    private func of(_ node: NodeID) -> NodeID { NodeID(index: ofNodes[Int(node.index)]) }
}
