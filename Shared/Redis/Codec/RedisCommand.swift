internal import CHiredis

/// A command in the bytes that go to the server.
struct RedisCommand: Sendable {
    let bytes: [UInt8]

    /// By hiredis's argument form, never its printf form: an argument is data whatever it contains.
    init?(_ arguments: [[UInt8]]) {
        guard !arguments.isEmpty else { return nil }
        let joined = arguments.flatMap { $0 }
        let formatted: [UInt8]? = joined.withUnsafeBufferPointer { buffer in
            buffer.withMemoryRebound(to: CChar.self) { characters in
                var offset = 0
                var pointers = arguments.map { argument -> UnsafePointer<CChar>? in
                    defer { offset += argument.count }
                    return characters.baseAddress.map { $0 + offset }
                }
                let lengths = arguments.map(\.count)
                var target: UnsafeMutablePointer<CChar>?
                let length = redisFormatCommandArgv(&target, Int32(arguments.count), &pointers, lengths)
                guard length >= 0, let target else { return nil }
                defer { redisFreeCommand(target) }
                return UnsafeBufferPointer(start: target, count: Int(length)).map { UInt8(bitPattern: $0) }
            }
        }
        guard let formatted else { return nil }
        bytes = formatted
    }
}
