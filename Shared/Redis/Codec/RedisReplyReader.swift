internal import CHiredis

/// hiredis's parser with bounds on what a reply may make it allocate.
package final class RedisReplyReader {
    /// Of all arrays of one reply together.
    static let maximumElements = 1 << 20
    /// hiredis has a bound of its own, which later versions raise.
    static let maximumDepth = 7

    /// What the reply that is being read may still allocate.
    private struct Budget {
        var elements = RedisReplyReader.maximumElements
    }

    private let budget: UnsafeMutablePointer<Budget>
    /// Fed since the last whole reply, whatever hiredis has consumed of it: a reply may arrive in many pieces.
    private var bytesOfReply = 0
    private let reader: UnsafeMutablePointer<redisReader>
    private let functions: UnsafeMutablePointer<redisReplyObjectFunctions>
    private let maximumBytes: Int

    /// hiredis's own constructors of replies, with arrays bounded: it would allocate for whatever count a header claims.
    private static let boundedFunctions: redisReplyObjectFunctions? = {
        guard let reader = redisReaderCreate() else { return nil }
        defer { redisReaderFree(reader) }
        return reader.pointee.fn?.pointee
    }()

    /// Nil if out of memory.
    package init?(maximumBytes: Int) {
        guard var table = Self.boundedFunctions else { return nil }
        table.createArray = { task, count in
            guard let task, count >= 0, RedisReplyReader.depth(of: task) <= RedisReplyReader.maximumDepth,
                let budget = task.pointee.privdata?.assumingMemoryBound(to: Budget.self), Int(count) <= budget.pointee.elements
            else { return nil }
            budget.pointee.elements -= Int(count)
            return RedisReplyReader.boundedFunctions?.createArray?(task, count)
        }
        functions = .allocate(capacity: 1)
        functions.initialize(to: table)
        budget = .allocate(capacity: 1)
        budget.initialize(to: Budget())
        guard let reader = redisReaderCreateWithFunctions(functions) else {
            functions.deallocate()
            budget.deallocate()
            return nil
        }
        reader.pointee.privdata = UnsafeMutableRawPointer(budget)
        self.reader = reader
        self.maximumBytes = maximumBytes
    }

    deinit {
        redisReaderFree(reader)
        functions.deallocate()
        budget.deallocate()
    }

    package func feed(_ bytes: UnsafeRawBufferPointer) throws(RedisError) {
        bytesOfReply += bytes.count
        guard bytesOfReply <= maximumBytes else { throw .protocolViolation("a reply is longer than \(maximumBytes) bytes") }
        guard redisReaderFeed(reader, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), bytes.count) == REDIS_OK else { throw violation }
    }

    /// Nil until a whole reply has arrived.
    package func next() throws(RedisError) -> RedisValue? {
        var reply: UnsafeMutableRawPointer?
        guard redisReaderGetReply(reader, &reply) == REDIS_OK else { throw violation }
        guard let reply else { return nil }
        defer { freeReplyObject(reply) }
        budget.pointee = Budget()
        bytesOfReply = reader.pointee.len - reader.pointee.pos
        return RedisValue(copying: reply.assumingMemoryBound(to: redisReply.self).pointee)
    }

    private static func depth(of task: UnsafePointer<redisReadTask>) -> Int {
        var depth = 0
        var parent = task.pointee.parent
        while let above = parent {
            depth += 1
            parent = above.pointee.parent
        }
        return depth
    }

    private var violation: RedisError {
        let text = withUnsafeBytes(of: reader.pointee.errstr) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        return .protocolViolation(text)
    }
}

extension RedisValue {
    /// hiredis bounds the depth of nesting to seven.
    fileprivate init(copying reply: redisReply) {
        var bytes: [UInt8] { UnsafeBufferPointer(start: reply.str, count: Int(reply.len)).map { UInt8(bitPattern: $0) } }
        switch reply.type {
        case REDIS_REPLY_STRING: self = .bytes(bytes)
        case REDIS_REPLY_STATUS: self = .status(String(decoding: bytes, as: UTF8.self))
        case REDIS_REPLY_ERROR: self = .error(String(decoding: bytes, as: UTF8.self))
        case REDIS_REPLY_INTEGER: self = .int(reply.integer)
        case REDIS_REPLY_ARRAY:
            let elements = UnsafeBufferPointer(start: reply.element, count: Int(reply.elements))
            self = .array(elements.map { $0.map { RedisValue(copying: $0.pointee) } ?? .null })
        default: self = .null
        }
    }
}
