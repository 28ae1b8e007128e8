/// An expression of a policy as SQL.
struct SQLTerm {
    enum Kind: Hashable {
        /// SQL of that type; parenthesised where it needs it.
        case expression(ColumnType)
        /// The row itself.
        case row
        /// What the policy says; it becomes a parameter once it is known what it is held against.
        case constant(Value)
        /// An attribute of the row that is no column by itself, such as the record around one.
        case path([Text])
    }

    var kind: Kind
    var sql: String = ""
    /// Whether it can be NULL, which stands for an error.
    var isNullable = false

    static func boolean(_ sql: String, isNullable: Bool) -> SQLTerm { SQLTerm(kind: .expression(.bool), sql: sql, isNullable: isNullable) }

    /// A truth that holds unless one of these has no value.
    static func fixed(_ holds: Bool, unless operands: [SQLTerm]) -> SQLTerm {
        let nullable = operands.filter(\.isNullable)
        guard !nullable.isEmpty else { return .boolean(holds ? "TRUE" : "FALSE", isNullable: false) }
        let test = nullable.map { "\($0.sql) IS NULL" }.joined(separator: " OR ")
        return .boolean("CASE WHEN \(test) THEN NULL ELSE \(holds ? "TRUE" : "FALSE") END", isNullable: true)
    }
}

extension ColumnType {
    /// The name of the SQL type of a parameter that is held against it.
    var sqlName: String {
        switch self {
        case .bool: "boolean"
        case .long: "bigint"
        case .string, .entity: "text"
        case .set(let element): "\(element.sqlName)[]"
        }
    }

    func parameter(_ value: Value) -> SQLFilter.Parameter? {
        switch (self, value) {
        case (.bool, .bool(let holds)): .bool(holds)
        case (.long, .long(let number)): .long(number)
        case (.string, .string(let text)): .text(text.string)
        case (.entity(let type), .entity(let uid)) where uid.type == type: .text(uid.id.string)
        case (.set(let element), .set(let set)): element.parameters(set.elements)
        default: nil
        }
    }

    /// Nil where one of them is of another type.
    private func parameters(_ values: [Value]) -> SQLFilter.Parameter? {
        let members = values.compactMap { parameter($0) }
        guard members.count == values.count else { return nil }
        switch self {
        case .bool: return .bools(members.compactMap { if case .bool(let holds) = $0 { holds } else { nil } })
        case .long: return .longs(members.compactMap { if case .long(let number) = $0 { number } else { nil } }.sorted())
        case .string, .entity: return .texts(members.compactMap { if case .text(let text) = $0 { text } else { nil } }.sorted())
        case .set: return nil
        }
    }
}
