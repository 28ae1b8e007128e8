internal import JSON

/// Writes the expressions of one policy as Cedar's JSON policy format has them, from the leaves up and without recursion.
struct ExpressionJSONWriter {
    private let tree: ExpressionTree
    private var written: [JSONValue] = []
    private var depths: [Int] = []

    init(_ tree: ExpressionTree) throws(PolicyJSONError) {
        self.tree = tree
        written.reserveCapacity(tree.nodes.count)
        depths.reserveCapacity(tree.nodes.count)
        // A node comes after those that it is made of.
        for node in tree.nodes {
            let depth = 1 + (node.kind.children.map { depths[Int($0.index)] }.max() ?? 0)
            guard depth <= PolicyJSONLimits.depth else {
                throw PolicyJSONError(path: "", reason: "expressions are nested deeper than \(PolicyJSONLimits.depth) levels")
            }
            depths.append(depth)
            written.append(json(node.kind))
        }
    }

    subscript(id: NodeID) -> JSONValue { written[Int(id.index)] }

    private func json(_ kind: Expression.Kind) -> JSONValue {
        switch kind {
        case .literal(let value): ["Value": value.json]
        case .variable(let variable): ["Var": .string(variable.rawValue)]
        case .and(let left, let right): ["&&": pair(left, right)]
        case .or(let left, let right): ["||": pair(left, right)]
        case .conditional(let test, let then, let otherwise): choice(test, then, otherwise)
        case .unary(let op, let operand): .object(JSONObject([(op.jsonName, .object(["arg": self[operand]]))]))
        case .binary(let op, let left, let right): .object(JSONObject([(op.rawValue, pair(left, right))]))
        case .attribute(let base, let name): [".": ["left": self[base], "attr": .string(name.string)]]
        case .has(let base, let path): has(self[base], path)
        case .like(let base, let pattern): ["like": ["left": self[base], "pattern": pattern.json]]
        case .is(let base, let type, let ancestor): isType(self[base], type, ancestor)
        case .set(let elements): ["Set": .array(elements.map { self[$0] })]
        case .record(let members):
            ["Record": .object(JSONObject(members.sorted { $0.key < $1.key }.map { ($0.key.string, self[$0.value]) }))]
        case .call(let function, let arguments): .object(JSONObject([(function.rawValue, .array(arguments.map { self[$0] }))]))
        }
    }

    private func choice(_ test: NodeID, _ then: NodeID, _ otherwise: NodeID) -> JSONValue {
        ["if-then-else": .object(["if": self[test], "then": self[then], "else": self[otherwise]])]
    }

    private func pair(_ left: NodeID, _ right: NodeID) -> JSONValue { ["left": self[left], "right": self[right]] }

    /// The format knows one name: a path is the conjunction that it stands for.
    private func has(_ base: JSONValue, _ path: [Text]) -> JSONValue {
        var base = base
        var whole: JSONValue?
        for name in path {
            let test: JSONValue = ["has": ["left": base, "attr": .string(name.string)]]
            whole = whole.map { ["&&": ["left": $0, "right": test]] } ?? test
            base = [".": ["left": base, "attr": .string(name.string)]]
        }
        return whole ?? ["Value": true]
    }

    private func isType(_ base: JSONValue, _ type: Text, _ ancestor: NodeID?) -> JSONValue {
        var members: JSONObject = ["left": base, "entity_type": .string(type.string)]
        if let ancestor { members["in"] = self[ancestor] }
        return ["is": .object(members)]
    }
}

extension UnaryOperator {
    var jsonName: String {
        switch self {
        case .not: "!"
        case .negate: "neg"
        case .isEmpty: "isEmpty"
        }
    }
}

extension Pattern {
    fileprivate var json: JSONValue {
        .array(
            elements.map { element in
                switch element {
                case .wildcard: "Wildcard"
                case .scalar(let scalar): ["Literal": .string(String(Character(scalar)))]
                }
            })
    }
}
