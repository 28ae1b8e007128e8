/// Which statements one connection has prepared. Bounded: what was not used for longest makes room, and is closed on the server.
struct StatementCache {
    enum Plan: Equatable {
        case prepared(name: String)
        /// `closing` are names that the server may forget.
        case prepareFirst(name: String, closing: [String])
        case unprepared
    }

    /// The same text with other parameter types is another statement.
    private struct Key: Hashable {
        let sql: String
        let types: [UInt32]
    }

    private struct Entry {
        let name: String
        /// The request that prepares it, until the server has said that it did.
        var preparedBy: Int?
        var lastUse: Int
    }

    private let capacity: Int
    private var entries: [Key: Entry] = [:]
    private var keys: [String: Key] = [:]
    /// Names that the server still holds although nobody will use them.
    private var leftovers: [String] = []
    private var nextNumber = 0
    private var uses = 0

    init(capacity: Int) { self.capacity = capacity }

    var count: Int { entries.count }

    /// A statement counts as prepared within the request that prepares it, and for others from the server's word on: where the first
    /// fails before its PREPARE, those pipelined behind it must not depend on it.
    mutating func plan(sql: String, types: [UInt32], request: Int) -> Plan {
        guard capacity > 0 else { return .unprepared }
        let key = Key(sql: sql, types: types)
        uses += 1
        if let entry = entries[key] {
            guard entry.preparedBy == nil || entry.preparedBy == request else { return .unprepared }
            entries[key]?.lastUse = uses
            return .prepared(name: entry.name)
        }
        if entries.count >= capacity { evict() }
        nextNumber += 1
        let name = "s\(nextNumber)"
        entries[key] = Entry(name: name, preparedBy: request, lastUse: uses)
        keys[name] = key
        defer { leftovers = [] }
        return .prepareFirst(name: name, closing: leftovers)
    }

    mutating func confirm(_ name: String) {
        if let key = keys[name] { entries[key]?.preparedBy = nil }
    }

    /// The server never got to prepare it.
    mutating func forget(_ name: String) {
        guard let key = keys.removeValue(forKey: name) else { return }
        entries[key] = nil
    }

    /// The server never got to close it: it is tried again with the next statement to be prepared.
    mutating func closeFailed(_ name: String) { leftovers.append(name) }

    private mutating func evict() {
        // One that is being prepared may yet fail, and then there is nothing to close.
        let settled = entries.filter { $0.value.preparedBy == nil }
        guard let oldest = settled.min(by: { $0.value.lastUse < $1.value.lastUse }) else { return }
        entries[oldest.key] = nil
        keys[oldest.value.name] = nil
        leftovers.append(oldest.value.name)
    }
}
