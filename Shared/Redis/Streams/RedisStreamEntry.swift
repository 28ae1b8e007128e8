/// One entry of a stream: its id and its fields in order.
public struct RedisStreamEntry: Sendable, Hashable {
    public let id: String
    public let fields: [String: String]

    public init(id: String, fields: [String: String]) {
        self.id = id
        self.fields = fields
    }

    /// Nil for what is no entry, such as one that was deleted while it was pending.
    init?(_ value: RedisValue) {
        guard let parts = value.arrayValue, parts.count == 2, let id = parts[0].stringValue, let flat = parts[1].arrayValue,
            flat.count.isMultiple(of: 2)
        else { return nil }
        var fields: [String: String] = [:]
        for index in stride(from: 0, to: flat.count, by: 2) {
            guard let key = flat[index].stringValue, let value = flat[index + 1].stringValue else { return nil }
            fields[key] = value
        }
        self.init(id: id, fields: fields)
    }
}
