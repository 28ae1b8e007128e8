/// Which statements one connection has prepared. Bounded: what does not fit runs unprepared.
struct StatementCache {
    enum Plan: Equatable {
        case prepared(name: String)
        case prepareFirst(name: String)
        case unprepared
    }

    /// The same text with other parameter types is another statement.
    private struct Key: Hashable {
        let sql: String
        let types: [UInt32]
    }

    private let capacity: Int
    private var names: [Key: String] = [:]
    private var keys: [String: Key] = [:]
    private var nextNumber = 0

    init(capacity: Int) { self.capacity = capacity }

    /// A name is handed out as prepared as soon as its PREPARE was sent: the server handles them in order.
    mutating func plan(sql: String, types: [UInt32]) -> Plan {
        let key = Key(sql: sql, types: types)
        if let name = names[key] { return .prepared(name: name) }
        guard names.count < capacity else { return .unprepared }
        nextNumber += 1
        let name = "s\(nextNumber)"
        names[key] = name
        keys[name] = key
        return .prepareFirst(name: name)
    }

    /// The server never got to prepare it.
    mutating func forget(_ name: String) {
        guard let key = keys.removeValue(forKey: name) else { return }
        names[key] = nil
    }
}
