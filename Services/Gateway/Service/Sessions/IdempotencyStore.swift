internal import Trust

/// What a write answered the first time.
struct StoredAnswer: Hashable, Sendable {
    var status: Int
    /// JSON; empty where there was no content.
    var body: [UInt8]
}

/// The answer to a write is kept under its `Idempotency-Key`, so that a repeated request gets the first answer.
protocol IdempotencyStore: Sendable {
    /// The stored answer, or nil where the request is now this caller's to make.
    func begin(key: String, request: SHA256Digest, session: Session) async throws -> StoredAnswer?
    func finish(key: String, _ answer: StoredAnswer, session: Session) async throws
    /// A request that failed without effect may be made again under its key.
    func abandon(key: String, session: Session) async throws
}
