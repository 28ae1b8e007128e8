internal import Synchronization

extension RedisClient {
    /// Sends the digest of the script, and its text only where the server does not have it: the first time, and after a restart, FLUSHALL of
    /// a new server or SCRIPT FLUSH.
    ///
    /// - Parameter keys: Every key that it touches.
    @discardableResult
    public func run(_ script: RedisScript, keys: [String], _ arguments: [String]) async throws(RedisError) -> RedisValue {
        let rest = [String(keys.count)] + keys + arguments
        guard let digest = digests.withLock({ $0[script] }) else {
            let digest = try await command(["SCRIPT", "LOAD", script.source])
            if let text = digest.stringValue { digests.withLock { $0[script] = text } }
            return try await command(["EVAL", script.source] + rest)
        }
        do { return try await command(["EVALSHA", digest] + rest) } catch {
            // EVAL also stores it; the digest stays what it was.
            guard error.code == "NOSCRIPT" else { throw error }
            return try await command(["EVAL", script.source] + rest)
        }
    }
}
