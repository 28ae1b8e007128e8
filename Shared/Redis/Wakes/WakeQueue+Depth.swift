extension WakeQueue {
    /// Nil where Redis is not configured.
    public func depth() async throws(RedisError) -> WakeDepth? {
        guard let redis else { return nil }
        let dead = try await redis.command(["XLEN", deadLetterStream]).intValue ?? 0
        let summary: RedisValue
        let fields: [String: RedisValue]
        do {
            summary = try await redis.command(["XPENDING", stream, group])
            fields = StreamOperator.fields(
                try await redis.command(["XINFO", "GROUPS", stream]).arrayValue?.first {
                    StreamOperator.fields($0)["name"]?.stringValue == group
                } ?? .null)
        } catch {
            // Nobody has listened yet, or all was flushed: then nothing waits.
            guard error.code == "NOGROUP" || error.code == "ERR" else { throw error }
            return WakeDepth(waiting: 0, pending: 0, dead: dead, oldestSeconds: 0)
        }
        let pending = summary.arrayValue?.first?.intValue ?? 0
        // The oldest that is pending is older than any that waits: entries are delivered in order.
        var oldest = summary.arrayValue?.dropFirst().first?.stringValue
        if oldest == nil, let last = fields["last-delivered-id"]?.stringValue {
            let next = try await redis.command(["XRANGE", stream, "(" + last, "+", "COUNT", "1"]).arrayValue?.first
            oldest = next.flatMap(RedisStreamEntry.init)?.id
        }
        var age = 0.0
        if let made = oldest.flatMap({ Double($0.prefix { $0 != "-" }) }),
            let now = try await redis.command(["TIME"]).arrayValue?.first?.stringValue.flatMap({ Double($0) })
        {
            age = max(0, now - made / 1_000)
        }
        return WakeDepth(waiting: fields["lag"]?.intValue, pending: pending, dead: dead, oldestSeconds: age)
    }
}
