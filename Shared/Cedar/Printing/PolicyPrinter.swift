/// Writes policies as Cedar text, on one line each and with no more parentheses than it takes; without recursion.
struct PolicyPrinter {
    private enum Item {
        case text(String)
        /// An expression where only one that binds at least so tightly may stand without parentheses.
        case node(NodeID, Binding?)
    }

    private let tree: ExpressionTree
    private var output = ""
    private var items: [Item] = []

    private init(_ tree: ExpressionTree) { self.tree = tree }

    static func text(_ body: PolicyBody, _ scope: Scope) -> String {
        var printer = PolicyPrinter(body.tree)
        printer.write(body, scope)
        return printer.output
    }

    /// One expression; where it has more than about so many bytes, its beginning.
    static func text(_ id: NodeID, in tree: ExpressionTree, limit: Int) -> String {
        var printer = PolicyPrinter(tree)
        printer.write(id, limit: limit)
        return printer.items.isEmpty ? printer.output : printer.output + "…"
    }

    private mutating func write(_ body: PolicyBody, _ scope: Scope) {
        for annotation in body.annotations.entries {
            output += annotation.hasValue ? "@\(annotation.name)(\(Text(annotation.value).quoted))\n" : "@\(annotation.name)\n"
        }
        output += "\(body.effect.rawValue)(\(scope.principal.text("principal")), \(scope.action.text), \(scope.resource.text("resource")))"
        for condition in body.conditions {
            output += " \(condition.kind.rawValue) { "
            write(condition.body)
            output += " }"
        }
        output += ";"
    }

    private mutating func write(_ root: NodeID, limit: Int = .max) {
        items = [.node(root, nil)]
        while output.utf8.count < limit, let item = items.popLast() {
            switch item {
            case .text(let text): output += text
            case .node(let id, let least):
                let kind = tree[id].kind
                if let least, kind.isLooser(than: least) {
                    output += "("
                    items.append(.text(")"))
                }
                items.append(contentsOf: parts(kind).reversed())
            }
        }
    }

    private func parts(_ kind: Expression.Kind) -> [Item] {
        switch kind {
        case .literal(let value): return [.text(value.description)]
        case .variable(let variable): return [.text(variable.rawValue)]
        case .and(let left, let right): return [.node(left, .and), .text(" && "), .node(right, .relation)]
        case .or(let left, let right): return [.node(left, .or), .text(" || "), .node(right, .and)]
        case .conditional(let test, let then, let otherwise):
            return [.text("if "), .node(test, nil), .text(" then "), .node(then, nil), .text(" else "), .node(otherwise, nil)]
        case .unary(.not, let operand): return [.text("!"), .node(operand, .member)]
        case .unary(.negate, let operand): return [.text("-"), .node(operand, .member)]
        case .unary(.isEmpty, let operand): return [.node(operand, .member), .text(".isEmpty()")]
        case .binary(let op, let left, let right): return binary(op, left, right)
        case .attribute(let base, let name):
            return [.node(base, .member), .text(TypeName.isAttribute(name.string) ? ".\(name)" : "[\(name.quoted)]")]
        case .has(let base, let path):
            let isNames = path.allSatisfy { TypeName.isAttribute($0.string) }
            return [.node(base, .sum), .text(" has \((isNames ? path.map(\.string) : path.map(\.quoted)).joined(separator: "."))")]
        case .like(let base, let pattern): return [.node(base, .sum), .text(" like \(pattern.quoted)")]
        case .is(let base, let type, let ancestor):
            return [.node(base, .sum), .text(" is \(type)")] + (ancestor.map { [.text(" in "), .node($0, .sum)] } ?? [])
        case .set(let elements): return [.text("[")] + list(elements) + [.text("]")]
        case .record(let members): return record(members)
        case .call(let function, let arguments):
            // JSON can call a method on nothing, which errs; the text that says so is none that parses.
            if function.isConstructor || arguments.isEmpty { return [.text("\(function.rawValue)(")] + list(arguments) + [.text(")")] }
            return [.node(arguments[0], .member), .text(".\(function.rawValue)(")] + list(Array(arguments.dropFirst())) + [.text(")")]
        }
    }

    private func binary(_ op: BinaryOperator, _ left: NodeID, _ right: NodeID) -> [Item] {
        switch op {
        case .add, .subtract: [.node(left, .sum), .text(" \(op.rawValue) "), .node(right, .product)]
        case .multiply: [.node(left, .product), .text(" * "), .node(right, .sign)]
        case .contains, .containsAll, .containsAny, .getTag, .hasTag:
            [.node(left, .member), .text(".\(op.rawValue)("), .node(right, nil), .text(")")]
        default: [.node(left, .sum), .text(" \(op.rawValue) "), .node(right, .sum)]
        }
    }

    private func list(_ elements: [NodeID]) -> [Item] {
        var items: [Item] = []
        for (index, element) in elements.enumerated() { items += (index > 0 ? [.text(", ")] : []) + [.node(element, nil)] }
        return items
    }

    private func record(_ members: [Expression.Member]) -> [Item] {
        var items: [Item] = [.text("{")]
        for (index, member) in members.enumerated() {
            let key = TypeName.isAttribute(member.key.string) ? member.key.string : member.key.quoted
            items += [.text("\(index > 0 ? ", " : "")\(key): "), .node(member.value, nil)]
        }
        return items + [.text("}")]
    }
}

extension Expression.Kind {
    /// Whether it needs parentheses where `least` is expected. A number with a sign does behind a dot and behind another sign, and so
    /// does any number behind a sign, which would else become part of it.
    fileprivate func isLooser(than least: Binding) -> Bool {
        switch self {
        case .or: least > .or
        case .and: least > .and
        case .conditional: true
        case .has, .like, .is: least > .relation
        case .unary(.isEmpty, _): false
        case .unary: least > .sign
        case .binary(let op, _, _):
            switch op {
            case .contains, .containsAll, .containsAny, .getTag, .hasTag: false
            default: least > op.binding
            }
        case .literal(.long): least == .member
        case .literal, .variable, .attribute, .set, .record, .call: false
        }
    }
}

extension Pattern {
    /// As a literal.
    fileprivate var quoted: String {
        let parts = elements.map { element in
            switch element {
            case .wildcard: "*"
            case .scalar("*"): "\\*"
            case .scalar(let scalar): Text.escaped(scalar)
            }
        }
        return "\"\(parts.joined())\""
    }
}

extension EntityConstraint {
    fileprivate func text(_ variable: String) -> String {
        switch self {
        case .any: variable
        case .equal(let reference): "\(variable) == \(reference.text)"
        case .in(let reference): "\(variable) in \(reference.text)"
        case .is(let type): "\(variable) is \(type)"
        case .isIn(let type, let reference): "\(variable) is \(type) in \(reference.text)"
        }
    }
}

extension ActionConstraint {
    fileprivate var text: String {
        switch self {
        case .any: "action"
        case .equal(let uid): "action == \(uid)"
        case .in(let uids): "action in [\(uids.map(\.description).joined(separator: ", "))]"
        }
    }
}

extension EntityReference {
    fileprivate var text: String {
        switch self {
        case .entity(let uid): uid.description
        case .slot(let slot): slot.rawValue
        }
    }
}

extension Policy: CustomStringConvertible {
    /// As Cedar text, with the values of a link in place of its slots.
    public var description: String { PolicyPrinter.text(body, scope) }
}

extension Template: CustomStringConvertible {
    public var description: String { PolicyPrinter.text(body, body.scope) }
}

extension PolicySet: CustomStringConvertible {
    /// The templates and then the policies as Cedar text. Ids are lost, as they are no part of the language, and links become policies.
    public var description: String { (templates.map(\.description) + policies.map(\.description)).joined(separator: "\n\n") }
}
