/// Writes what is left of policies as SQL, from the leaves up and without recursion.
struct SQLFilterWriter {
    let columns: FilterColumns
    private(set) var parameters: [SQLFilter.Parameter] = []
    private var tree = ExpressionTree()
    private var policy = PolicyID("")

    init(columns: FilterColumns) { self.columns = columns }

    /// The scope and the conditions of one policy, in parentheses.
    mutating func condition(of policy: Policy) throws(FilterError) -> String {
        self.policy = policy.id
        tree = policy.tree
        guard policy.scope.principal == .any, policy.scope.action == .any else { throw refusal("who asks, or for what, is open") }
        var terms = try scope(policy.scope.resource)
        for condition in policy.conditions {
            let term = try truth(try write(condition.body), condition.body)
            terms.append(condition.kind == .when ? term : .boolean("NOT (\(term.sql))", isNullable: term.isNullable))
        }
        return "(\(terms.dropFirst().reduce(terms.first ?? .fixed(true, unless: [])) { Self.and($0, $1) }.sql))"
    }

    private mutating func scope(_ constraint: EntityConstraint) throws(FilterError) -> [SQLTerm] {
        switch constraint {
        case .any: return []
        case .equal(.entity(let uid)): return [try same(SQLTerm(kind: .row), uid)]
        case .in(.entity(let uid)): return [try below(uid)]
        case .is(let type): return [.fixed(type == columns.type, unless: [])]
        case .isIn(let type, .entity(let uid)): return type == columns.type ? [try below(uid)] : [.fixed(false, unless: [])]
        case .equal(.slot), .in(.slot), .isIn(_, .slot): return [.fixed(false, unless: [])]
        }
    }

    // MARK: Expressions

    private mutating func write(_ root: NodeID) throws(FilterError) -> SQLTerm {
        var terms: [NodeID: SQLTerm] = [:]
        // A node comes after those that it is made of.
        for id in reachable(root) {
            let children = tree[id].kind.children.compactMap { terms[$0] }
            terms[id] = try term(id, children)
        }
        guard let whole = terms[root] else { preconditionFailure("the root is reachable from itself") }
        return whole
    }

    private func reachable(_ root: NodeID) -> [NodeID] {
        var found: Set<Int32> = []
        var waiting = [root]
        while let id = waiting.popLast() {
            if found.insert(id.index).inserted { waiting += tree[id].kind.children }
        }
        return found.sorted().map { NodeID(index: $0) }
    }

    private mutating func term(_ id: NodeID, _ parts: [SQLTerm]) throws(FilterError) -> SQLTerm {
        switch tree[id].kind {
        case .literal(let value): return SQLTerm(kind: .constant(value))
        case .variable(.resource): return SQLTerm(kind: .row)
        case .variable: throw refusal("it asks about what is open, or it errs", id)
        case .attribute(_, let name): return try attribute(name, of: parts[0], id)
        case .has(_, let path): return try presence(path, of: parts[0], id)
        case .and: return Self.and(try truth(parts[0], id), try truth(parts[1], id))
        case .or: return Self.or(try truth(parts[0], id), try truth(parts[1], id))
        case .conditional: return try conditional(parts, id)
        case .unary(.not, _):
            let operand = try truth(parts[0], id)
            return .boolean("NOT (\(operand.sql))", isNullable: operand.isNullable)
        case .unary(.isEmpty, _):
            guard case .expression(.set) = parts[0].kind else { throw refusal("it is asked of no set that is a column", id) }
            return .boolean("cardinality(\(parts[0].sql)) = 0", isNullable: parts[0].isNullable)
        case .like(_, let pattern): return try like(parts[0], pattern, id)
        case .is(_, let type, let ancestor): return try isType(parts, type, hasAncestor: ancestor != nil, id)
        case .binary(let op, _, _): return try binary(op, parts[0], parts[1], id)
        case .set:
            let values = parts.compactMap { if case .constant(let value) = $0.kind { value } else { nil } }
            guard values.count == parts.count else { throw refusal("a set is made of what the row holds", id) }
            return SQLTerm(kind: .constant(.set(SetValue(values))))
        case .unary(.negate, _), .record, .call: throw refusal("SQL has no equal of it that errs alike", id)
        }
    }

    private func attribute(_ name: Text, of base: SQLTerm, _ id: NodeID) throws(FilterError) -> SQLTerm {
        let path: [Text]
        switch base.kind {
        case .row: path = [name]
        case .path(let outer): path = outer + [name]
        default: throw refusal("no column tells it", id)
        }
        let key = path.map(\.string).joined(separator: ".")
        guard let column = columns.attributes[key] else {
            guard columns.attributes.keys.contains(where: { $0.hasPrefix(key + ".") }) else { throw refusal("no column tells \(key)", id) }
            return SQLTerm(kind: .path(path))
        }
        // An entity has attributes of its own, which may be columns too.
        return SQLTerm(kind: .expression(column.type), sql: column.name, isNullable: column.isNullable)
    }

    private func presence(_ path: [Text], of base: SQLTerm, _ id: NodeID) throws(FilterError) -> SQLTerm {
        let outer: [Text]
        switch base.kind {
        case .row: outer = []
        case .path(let names): outer = names
        default: throw refusal("no column tells it", id)
        }
        let key = (outer + path).map(\.string).joined(separator: ".")
        guard let column = columns.attributes[key] else { throw refusal("no column tells \(key)", id) }
        return column.isNullable ? .boolean("\(column.name) IS NOT NULL", isNullable: false) : .fixed(true, unless: [])
    }

    private mutating func conditional(_ parts: [SQLTerm], _ id: NodeID) throws(FilterError) -> SQLTerm {
        let (test, then, otherwise) = (try truth(parts[0], id), try truth(parts[1], id), try truth(parts[2], id))
        return .boolean(
            "CASE WHEN \(test.sql) THEN \(then.sql) WHEN NOT (\(test.sql)) THEN \(otherwise.sql) END",
            isNullable: test.isNullable || then.isNullable || otherwise.isNullable)
    }

    private mutating func like(_ base: SQLTerm, _ pattern: Pattern, _ id: NodeID) throws(FilterError) -> SQLTerm {
        guard case .expression(.string) = base.kind else { throw refusal("it is asked of no text that is a column", id) }
        var text = ""
        for element in pattern.elements {
            switch element {
            case .wildcard: text += "%"
            case .scalar(let scalar):
                if ["%", "_", "\\"].contains(scalar) { text += "\\" }
                text.unicodeScalars.append(scalar)
            }
        }
        return .boolean("\(base.sql) LIKE \(try bind(.text(text), .string, id))", isNullable: base.isNullable)
    }

    private mutating func isType(_ parts: [SQLTerm], _ type: Text, hasAncestor: Bool, _ id: NodeID) throws(FilterError) -> SQLTerm {
        let actual: Text
        switch parts[0].kind {
        case .row: actual = columns.type
        case .expression(.entity(let known)): actual = known
        default: throw refusal("it is asked of no entity that is a column", id)
        }
        guard actual == type, hasAncestor else { return .fixed(actual == type, unless: [parts[0]]) }
        return try binary(.in, parts[0], parts[1], id)
    }

    // MARK: Operators

    private mutating func binary(_ op: BinaryOperator, _ left: SQLTerm, _ right: SQLTerm, _ id: NodeID) throws(FilterError) -> SQLTerm {
        switch op {
        case .equal: return try equality(left, right, id)
        case .notEqual:
            let equal = try equality(left, right, id)
            return .boolean("NOT (\(equal.sql))", isNullable: equal.isNullable)
        case .less, .lessEqual, .greater, .greaterEqual:
            let (first, second) = (try operand(left, .long, id), try operand(right, .long, id))
            return .boolean("\(first.sql) \(op.rawValue) \(second.sql)", isNullable: first.isNullable || second.isNullable)
        case .in: return try membership(left, right, id)
        case .contains: return try containment(left, right, id)
        case .containsAll, .containsAny:
            guard let type = Self.setType(left) ?? Self.setType(right) else { throw refusal("neither side is a set that is a column", id) }
            let (first, second) = (try operand(left, type, id), try operand(right, type, id))
            let sign = op == .containsAll ? "@>" : "&&"
            return .boolean("\(first.sql) \(sign) \(second.sql)", isNullable: first.isNullable || second.isNullable)
        case .add, .subtract, .multiply: throw refusal("a sum or product overflows otherwise in SQL", id)
        case .getTag, .hasTag: throw refusal("tags are no columns", id)
        }
    }

    private mutating func equality(_ left: SQLTerm, _ right: SQLTerm, _ id: NodeID) throws(FilterError) -> SQLTerm {
        if case .row = left.kind, case .constant(.entity(let uid)) = right.kind { return try same(left, uid) }
        if case .row = right.kind, case .constant(.entity(let uid)) = left.kind { return try same(right, uid) }
        guard let type = Self.columnType(left) ?? Self.columnType(right) else { throw refusal("neither side is a column", id) }
        if case .set = type { throw refusal("arrays have an order and sets have none", id) }
        // Values of two types are never equal.
        for other in [left, right] {
            if case .constant(let value) = other.kind, type.parameter(value) == nil { return .fixed(false, unless: [left, right]) }
            if let otherType = Self.columnType(other), otherType != type { return .fixed(false, unless: [left, right]) }
        }
        let (first, second) = (try operand(left, type, id), try operand(right, type, id))
        return .boolean("\(first.sql) = \(second.sql)", isNullable: first.isNullable || second.isNullable)
    }

    private mutating func same(_ row: SQLTerm, _ uid: EntityUID) throws(FilterError) -> SQLTerm {
        guard uid.type == columns.type else { return .fixed(false, unless: []) }
        return .boolean("\(columns.id) = \(try bind(.text(uid.id.string), .string, nil))", isNullable: false)
    }

    private mutating func membership(_ left: SQLTerm, _ right: SQLTerm, _ id: NodeID) throws(FilterError) -> SQLTerm {
        guard case .row = left.kind else { throw refusal("only of the row itself is it known what it is in", id) }
        switch right.kind {
        case .constant(.entity(let uid)): return try below(uid)
        case .constant(.set(let set)):
            var terms: [String] = []
            for element in set.elements {
                guard case .entity(let uid) = element else { throw refusal("a member of the set is no entity", id) }
                terms.append("(\(try below(uid).sql))")
            }
            return .boolean(terms.isEmpty ? "FALSE" : "(\(terms.sorted().joined(separator: " OR ")))", isNullable: false)
        default: throw refusal("what the row should be in is no constant", id)
        }
    }

    /// Everything is in itself.
    private mutating func below(_ uid: EntityUID) throws(FilterError) -> SQLTerm {
        guard let template = columns.ancestors[uid.type] else {
            guard uid.type == columns.type else { throw refusal("nothing tells what of type \(uid.type) a row is in: add it to `ancestors`") }
            return try same(SQLTerm(kind: .row), uid)
        }
        let inside = template.replacing("{id}", with: try bind(.text(uid.id.string), .string, nil))
        guard uid.type == columns.type else { return .boolean("COALESCE(\(inside), FALSE)", isNullable: false) }
        return .boolean("(COALESCE(\(inside), FALSE) OR \(try same(SQLTerm(kind: .row), uid).sql))", isNullable: false)
    }

    private mutating func containment(_ set: SQLTerm, _ member: SQLTerm, _ id: NodeID) throws(FilterError) -> SQLTerm {
        let element: ColumnType
        if case .expression(.set(let type)) = set.kind {
            element = type
        } else if let type = Self.columnType(member) {
            element = type
        } else {
            throw refusal("neither side is a column", id)
        }
        if case .constant(let value) = member.kind, element.parameter(value) == nil { return .fixed(false, unless: [set]) }
        let (array, value) = (try operand(set, .set(element), id), try operand(member, element, id))
        return .boolean("\(value.sql) = ANY(\(array.sql))", isNullable: array.isNullable || value.isNullable)
    }

    // MARK: Logic

    /// In SQL, NULL AND FALSE is FALSE; in Cedar what errs at the left is an error, whatever stands at the right.
    private static func and(_ left: SQLTerm, _ right: SQLTerm) -> SQLTerm {
        guard left.isNullable else { return .boolean("(\(left.sql) AND \(right.sql))", isNullable: right.isNullable) }
        return .boolean("CASE WHEN \(left.sql) THEN \(right.sql) WHEN NOT (\(left.sql)) THEN FALSE END", isNullable: true)
    }

    private static func or(_ left: SQLTerm, _ right: SQLTerm) -> SQLTerm {
        guard left.isNullable else { return .boolean("(\(left.sql) OR \(right.sql))", isNullable: right.isNullable) }
        return .boolean("CASE WHEN \(left.sql) THEN TRUE WHEN NOT (\(left.sql)) THEN \(right.sql) END", isNullable: true)
    }

    // MARK: Operands

    private static func columnType(_ term: SQLTerm) -> ColumnType? {
        if case .expression(let type) = term.kind { type } else { nil }
    }

    private static func setType(_ term: SQLTerm) -> ColumnType? {
        if case .expression(.set(let element)) = term.kind { .set(element) } else { nil }
    }

    private mutating func truth(_ term: SQLTerm, _ id: NodeID) throws(FilterError) -> SQLTerm {
        switch term.kind {
        case .constant(.bool(let holds)): return .boolean(holds ? "TRUE" : "FALSE", isNullable: false)
        case .expression(.bool): return term
        default: throw refusal("it is no truth", id)
        }
    }

    private mutating func operand(_ term: SQLTerm, _ type: ColumnType, _ id: NodeID) throws(FilterError) -> SQLTerm {
        switch term.kind {
        case .expression(type): return term
        case .constant(let value):
            guard let parameter = type.parameter(value) else { throw refusal("\(value) is of another type than what it is held against", id) }
            return SQLTerm(kind: .expression(type), sql: try bind(parameter, type, id))
        default: throw refusal("its two sides are of different types", id)
        }
    }

    private mutating func bind(_ parameter: SQLFilter.Parameter, _ type: ColumnType, _ id: NodeID?) throws(FilterError) -> String {
        let texts: [String]
        switch parameter {
        case .text(let text): texts = [text]
        case .texts(let all): texts = all
        default: texts = []
        }
        guard !texts.contains(where: { $0.utf8.contains(0) }) else { throw refusal("PostgreSQL holds no text with a NUL", id) }
        parameters.append(parameter)
        return "$\(parameters.count)::\(type.sqlName)"
    }

    private func refusal(_ reason: String, _ id: NodeID? = nil) -> FilterError {
        guard let id else { return FilterError("policy \(policy): \(reason)") }
        return FilterError("policy \(policy): `\(PolicyPrinter.text(id, in: tree, limit: 120))`: \(reason)")
    }
}

extension String {
    fileprivate func replacing(_ part: String, with other: String) -> String {
        var result = ""
        var rest = self[...]
        while let range = rest.firstRange(of: part) {
            result += rest[..<range.lowerBound] + other
            rest = rest[range.upperBound...]
        }
        return result + rest
    }
}
