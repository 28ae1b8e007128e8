/// Streams with consumer groups (Redis 5 and later).
extension RedisClient {
    /// Appends and trims to about `maximumLength`. Returns the entry's id.
    @discardableResult
    public func add(stream: String, fields: [(String, String)], maximumLength: Int) async throws(RedisError) -> String {
        let value = try await command(["XADD", stream, "MAXLEN", "~", String(maximumLength), "*"] + fields.flatMap { [$0.0, $0.1] })
        guard let id = value.stringValue else { throw .protocolViolation("XADD returned no id") }
        return id
    }

    /// Makes the stream and the group where they are missing.
    public func createGroup(stream: String, group: String) async throws(RedisError) {
        do { try await command(["XGROUP", "CREATE", stream, group, "0", "MKSTREAM"]) } catch {
            guard error.code == "BUSYGROUP" else { throw error }
        }
    }

    /// Entries that no consumer of the group has had yet, without waiting for any.
    public func readGroup(stream: String, group: String, consumer: String, count: Int) async throws(RedisError) -> [RedisStreamEntry] {
        Self.entries(of: try await command(Self.readGroupCommand(stream: stream, group: group, consumer: consumer, count: count)))
    }

    /// The number of entries that left the group's pending list.
    @discardableResult
    public func acknowledge(stream: String, group: String, ids: [String]) async throws(RedisError) -> Int64 {
        ids.isEmpty ? 0 : try await command(["XACK", stream, group] + ids).intValue ?? 0
    }

    /// Takes over up to `count` entries that another consumer has left unacknowledged for `idle`.
    public func autoclaim(
        stream: String, group: String, consumer: String, idle: Duration, count: Int
    ) async throws(RedisError) -> [RedisStreamEntry] {
        let milliseconds = idle.components.seconds * 1000 + idle.components.attoseconds / 1_000_000_000_000_000
        let value = try await command(["XAUTOCLAIM", stream, group, consumer, String(milliseconds), "0-0", "COUNT", String(count)])
        return (value.arrayValue?.dropFirst().first?.arrayValue ?? []).compactMap(RedisStreamEntry.init)
    }

    /// How often each of the entries was delivered.
    public func deliveries(stream: String, group: String, ids: [String]) async throws(RedisError) -> [String: Int64] {
        var counts: [String: Int64] = [:]
        for id in ids {
            let value = try await command(["XPENDING", stream, group, id, id, "1"])
            if let entry = value.arrayValue?.first?.arrayValue, entry.count == 4 { counts[id] = entry[3].intValue }
        }
        return counts
    }

    static func readGroupCommand(stream: String, group: String, consumer: String, count: Int, blockMilliseconds: Int? = nil) -> [String] {
        let block = blockMilliseconds.map { ["BLOCK", String($0)] } ?? []
        return ["XREADGROUP", "GROUP", group, consumer, "COUNT", String(count)] + block + ["STREAMS", stream, ">"]
    }

    /// The entries of the one stream that was asked for.
    static func entries(of value: RedisValue) -> [RedisStreamEntry] {
        (value.arrayValue?.first?.arrayValue?.dropFirst().first?.arrayValue ?? []).compactMap(RedisStreamEntry.init)
    }
}
