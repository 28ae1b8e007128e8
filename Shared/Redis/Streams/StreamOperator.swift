/// What a person sees of streams, and does with entries that were given up.
public struct StreamOperator: Sendable {
    public static let streamsMax = 10_000
    /// Ends the name of the stream of entries that were given up.
    public static let deadSuffix = ":dead"

    public struct Group: Sendable, Hashable {
        public let stream: String
        public let name: String
        public let length: Int64
        public let consumers: Int64
        /// Delivered and not acknowledged.
        public let pending: Int64
        /// Not delivered yet; nil where the server cannot tell.
        public let lag: Int64?
        public let dead: Int64
    }

    public struct DeadLetter: Sendable, Hashable {
        /// Of the stream that it came from.
        public let stream: String
        public let entry: RedisStreamEntry
    }

    private static let replayScript = RedisScript(
        """
        local found = redis.call('XRANGE', KEYS[1], ARGV[1], ARGV[1])
        if #found == 0 then return 0 end
        local fields = {}
        for i = 1, #found[1][2], 2 do
            local name = found[1][2][i]
            if name == 'tenant' or name == 'id' then
                fields[#fields + 1] = name
                fields[#fields + 1] = found[1][2][i + 1]
            end
        end
        redis.call('XADD', KEYS[2], '*', unpack(fields))
        redis.call('XDEL', KEYS[1], ARGV[1])
        return 1
        """)

    private let redis: RedisClient

    public init(redis: RedisClient) { self.redis = redis }

    public func groups() async throws(RedisError) -> [Group] {
        var groups: [Group] = []
        for stream in try await streams() where !stream.hasSuffix(Self.deadSuffix) {
            let length = try await redis.command(["XLEN", stream]).intValue ?? 0
            let dead = try await redis.command(["XLEN", stream + Self.deadSuffix]).intValue ?? 0
            for group in try await redis.command(["XINFO", "GROUPS", stream]).arrayValue ?? [] {
                let fields = Self.fields(group)
                groups.append(
                    Group(
                        stream: stream, name: fields["name"]?.stringValue ?? "", length: length, consumers: fields["consumers"]?.intValue ?? 0,
                        pending: fields["pending"]?.intValue ?? 0, lag: fields["lag"]?.intValue, dead: dead))
            }
        }
        return groups
    }

    /// The oldest first, at most `limit` per stream.
    public func deadLetters(limit: Int) async throws(RedisError) -> [DeadLetter] {
        var letters: [DeadLetter] = []
        for stream in try await streams() where stream.hasSuffix(Self.deadSuffix) {
            let found = try await redis.command(["XRANGE", stream, "-", "+", "COUNT", String(limit)]).arrayValue ?? []
            letters += found.compactMap(RedisStreamEntry.init).map { DeadLetter(stream: String(stream.dropLast(Self.deadSuffix.count)), entry: $0) }
        }
        return letters
    }

    public func deadLetter(stream: String, id: String) async throws(RedisError) -> DeadLetter? {
        let found = try await redis.command(["XRANGE", stream + Self.deadSuffix, id, id]).arrayValue?.first
        return found.flatMap(RedisStreamEntry.init).map { DeadLetter(stream: stream, entry: $0) }
    }

    /// Puts it back in one piece with its removal; false where it is not there, so that a repetition changes nothing.
    public func replay(stream: String, id: String) async throws(RedisError) -> Bool {
        try await redis.run(Self.replayScript, keys: [stream + Self.deadSuffix, stream], [id]).intValue == 1
    }

    public func drop(stream: String, id: String) async throws(RedisError) -> Bool {
        try await redis.command(["XDEL", stream + Self.deadSuffix, id]).intValue == 1
    }

    private func streams() async throws(RedisError) -> [String] {
        var names: Set<String> = []
        var cursor = "0"
        repeat {
            let reply = try await redis.command(["SCAN", cursor, "COUNT", "1000", "TYPE", "stream"]).arrayValue ?? []
            cursor = reply.first?.stringValue ?? "0"
            names.formUnion((reply.dropFirst().first?.arrayValue ?? []).compactMap(\.stringValue))
        } while cursor != "0" && names.count < Self.streamsMax
        return names.sorted()
    }

    static func fields(_ value: RedisValue) -> [String: RedisValue] {
        let flat = value.arrayValue ?? []
        var fields: [String: RedisValue] = [:]
        for index in stride(from: 0, to: flat.count - 1, by: 2) { if let name = flat[index].stringValue { fields[name] = flat[index + 1] } }
        return fields
    }
}
