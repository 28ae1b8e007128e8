internal import JSON

/// Reads expressions of Cedar's JSON policy format into a tree.
struct ExpressionJSONReader {
    private(set) var tree = ExpressionTree()
    private var depth = 0
    private static let nowhere = SourceSpan(0, 0)

    private static let binaryOperators: [String: BinaryOperator] = Dictionary(
        uniqueKeysWithValues: [
            BinaryOperator.equal, .notEqual, .less, .lessEqual, .greater, .greaterEqual, .in, .add, .subtract, .multiply, .contains, .containsAll,
            .containsAny, .getTag, .hasTag,
        ].map { ($0.rawValue, $0) })

    /// An expression is an object with one member, whose name says what it is.
    mutating func read(_ json: JSONValue, _ path: String) throws(PolicyJSONError) -> NodeID {
        guard depth < PolicyJSONLimits.depth else { throw fault(path, "expressions are nested deeper than \(PolicyJSONLimits.depth) levels") }
        depth += 1
        defer { depth -= 1 }
        guard let object = json.objectValue, object.count == 1, let (name, content) = object.first(where: { _ in true }) else {
            throw fault(path, "an expression is an object with one member, such as {\"Var\": \"principal\"}")
        }
        let inner = "\(path).\(name)"
        switch name {
        case "Value": return try value(content, inner)
        case "Var":
            guard let variable = content.stringValue.flatMap(Variable.init) else {
                throw fault(inner, "a variable is principal, action, resource or context")
            }
            return add(.variable(variable))
        case "Slot": throw fault(inner, "a template slot cannot stand in a condition")
        case "&&", "||":
            let (left, right) = try pair(content, inner)
            return add(name == "&&" ? .and(left, right) : .or(left, right))
        case "!", "neg", "isEmpty":
            try content.expect(["arg"], inner)
            let operand = try part("arg", of: content, inner)
            return add(.unary(name == "!" ? .not : name == "neg" ? .negate : .isEmpty, operand))
        case ".":
            try content.expect(["left", "attr"], inner)
            return add(.attribute(try part("left", of: content, inner), try text("attr", of: content, inner)))
        case "has": return add(.has(try part("left", of: content, inner), try names(content, inner)))
        case "like":
            try content.expect(["left", "pattern"], inner)
            return add(.like(try part("left", of: content, inner), try pattern(content["pattern"], "\(inner).pattern")))
        case "is": return try isType(content, inner)
        case "if-then-else":
            try content.expect(["if", "then", "else"], inner)
            let test = try part("if", of: content, inner)
            let then = try part("then", of: content, inner)
            return add(.conditional(test, then: then, else: try part("else", of: content, inner)))
        case "Set": return add(.set(try list(content, inner)))
        case "Record": return try record(content, inner)
        default:
            if let op = Self.binaryOperators[name] {
                let (left, right) = try pair(content, inner)
                return add(.binary(op, left, right))
            }
            return try call(name, try list(content, inner), inner)
        }
    }

    // MARK: Forms

    private mutating func isType(_ content: JSONValue, _ path: String) throws(PolicyJSONError) -> NodeID {
        try content.expect(["left", "entity_type", "in"], path)
        let base = try part("left", of: content, path)
        let name = try text("entity_type", of: content, path)
        guard let type = TypeName.parse(name.string) else { throw fault("\(path).entity_type", "\(name.quoted) is not the name of a type") }
        guard let ancestor = content["in"], ancestor != .null else { return add(.is(base, type, in: nil)) }
        return add(.is(base, type, in: try part("in", of: content, path)))
    }

    private mutating func record(_ content: JSONValue, _ path: String) throws(PolicyJSONError) -> NodeID {
        guard let object = content.objectValue else { throw fault(path, "a record is an object") }
        var members: [Expression.Member] = []
        for (key, json) in object { members.append(Expression.Member(key: Text(key), value: try read(json, "\(path).\(key)"))) }
        return add(.record(members))
    }

    private mutating func call(_ name: String, _ arguments: [NodeID], _ path: String) throws(PolicyJSONError) -> NodeID {
        guard let function = ExtensionFunction(rawValue: name) else { throw fault(path, "there is no operator or function \(Text(name).quoted)") }
        return add(.call(function, arguments))
    }

    private func pattern(_ json: JSONValue?, _ path: String) throws(PolicyJSONError) -> Pattern {
        guard let parts = json?.arrayValue else { throw fault(path, "a pattern is an array of \"Wildcard\" and {\"Literal\": \"…\"}") }
        var elements: [Pattern.Element] = []
        for part in parts {
            if part == "Wildcard" || part == ["Wildcard": nil] {
                elements.append(.wildcard)
            } else if let text = part["Literal"]?.stringValue, part.objectValue?.count == 1 {
                elements += text.unicodeScalars.map(Pattern.Element.scalar)
            } else {
                throw fault(path, "a pattern is an array of \"Wildcard\" and {\"Literal\": \"…\"}")
            }
        }
        return Pattern(elements)
    }

    // MARK: Literals

    /// A value is a literal, or a set, a record or a call of literals.
    private mutating func value(_ json: JSONValue, _ path: String) throws(PolicyJSONError) -> NodeID {
        guard depth < PolicyJSONLimits.depth else { throw fault(path, "values are nested deeper than \(PolicyJSONLimits.depth) levels") }
        depth += 1
        defer { depth -= 1 }
        switch json {
        case .bool(let value): return add(.literal(.bool(value)))
        case .int(let value): return add(.literal(.long(value)))
        case .string(let text): return add(.literal(.string(Text(text))))
        case .null: throw fault(path, "null is no value of Cedar")
        case .double: throw fault(path, "numbers are whole and within 64 bits")
        case .array(let elements):
            var nodes: [NodeID] = []
            for (index, element) in elements.enumerated() { nodes.append(try value(element, "\(path)[\(index)]")) }
            return add(.set(nodes))
        case .object(let members):
            if let escaped = try escaped(members, path) { return escaped }
            var pairs: [Expression.Member] = []
            for (key, member) in members { pairs.append(Expression.Member(key: Text(key), value: try value(member, "\(path).\(key)"))) }
            return add(.record(pairs))
        }
    }

    /// An entity or a call, as in the JSON of entities; nil for anything else.
    private mutating func escaped(_ members: JSONObject, _ path: String) throws(PolicyJSONError) -> NodeID? {
        guard members.count == 1 else { return nil }
        if let inner = members["__entity"], inner["type"]?.stringValue != nil, inner["id"]?.stringValue != nil {
            return add(.literal(.entity(try Self.entity(inner, path))))
        }
        if case .string? = members["__expr"] { throw fault(path, "__expr is no longer part of Cedar") }
        guard let inner = members["__extn"], let name = inner["fn"]?.stringValue,
            let arguments = inner["arg"].map({ [$0] }) ?? inner["args"]?.arrayValue
        else { return nil }
        var nodes: [NodeID] = []
        for argument in arguments { nodes.append(try value(argument, "\(path).__extn")) }
        return try call(name, nodes, "\(path).__extn")
    }

    static func entity(_ json: JSONValue, _ path: String) throws(PolicyJSONError) -> EntityUID {
        do throws(EntitiesError) {
            return try EntityUID(json: json)
        } catch {
            throw PolicyJSONError(path: path, reason: error.description)
        }
    }

    // MARK: Parts

    private mutating func add(_ kind: Expression.Kind) -> NodeID { tree.add(kind, Self.nowhere) }

    private mutating func pair(_ json: JSONValue, _ path: String) throws(PolicyJSONError) -> (NodeID, NodeID) {
        try json.expect(["left", "right"], path)
        let left = try part("left", of: json, path)
        return (left, try part("right", of: json, path))
    }

    private mutating func part(_ name: String, of json: JSONValue, _ path: String) throws(PolicyJSONError) -> NodeID {
        guard let content = json[name] else { throw fault(path, "\"\(name)\" is missing") }
        return try read(content, "\(path).\(name)")
    }

    private mutating func list(_ json: JSONValue, _ path: String) throws(PolicyJSONError) -> [NodeID] {
        guard let elements = json.arrayValue else { throw fault(path, "an array of expressions is expected") }
        var nodes: [NodeID] = []
        for (index, element) in elements.enumerated() { nodes.append(try read(element, "\(path)[\(index)]")) }
        return nodes
    }

    /// What is asked for by `has`: one name, or a path of them.
    private func names(_ json: JSONValue, _ path: String) throws(PolicyJSONError) -> [Text] {
        guard let list = json["attr"]?.arrayValue else { return [try text("attr", of: json, path)] }
        let names = list.compactMap(\.stringValue)
        guard names.count == list.count, !names.isEmpty else { throw fault("\(path).attr", "a name, or an array of names, is expected") }
        return names.map { Text($0) }
    }

    private func text(_ name: String, of json: JSONValue, _ path: String) throws(PolicyJSONError) -> Text {
        guard let text = json[name]?.stringValue else { throw fault(path, "\"\(name)\" is missing, or no string") }
        return Text(text)
    }

    private func fault(_ path: String, _ reason: String) -> PolicyJSONError { PolicyJSONError(path: path, reason: reason) }
}

extension JSONValue {
    /// Refuses members that mean nothing where this stands: they are a misspelling that would change what a policy says.
    func expect(_ names: [String], _ path: String) throws(PolicyJSONError) {
        guard let object = objectValue, let unknown = object.keys.first(where: { !names.contains($0) }) else { return }
        throw PolicyJSONError(path: path, reason: "there is no member \(Text(unknown).quoted) here")
    }
}
