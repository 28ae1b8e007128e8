internal import Identity
internal import RPC
internal import Trust
internal import WireRuntime

/// What tells one keyed call from another: where its key counts, and what it asks for.
struct IdempotentCall: Hashable {
    static let keyBytesMax = 200

    let tenant: TenantID
    let method: String
    let key: String
    /// Of who asks and what for: the same key for anything else is a mistake, and its answer is nobody else's to see.
    let digest: SHA256Digest

    /// Nil where the caller sent no key.
    init?(_ method: MethodDescriptor, _ request: some WireMessage, _ context: CallContext) throws(RPCError) {
        guard let key = context.idempotencyKey else { return nil }
        guard (1...Self.keyBytesMax).contains(key.utf8.count) else {
            throw RPCError(
                .invalidArgument, reason: "IDEMPOTENCY_KEY_INVALID", message: "the idempotency key is empty or longer than \(Self.keyBytesMax) bytes",
                details: ["field": "idempotency_key", "fix": "send 1 to \(Self.keyBytesMax) bytes, such as a UUID"])
        }
        tenant = try context.requireTenant()
        self.method = method.name
        self.key = key
        // No principal holds a NUL, so no two of them can be read as one.
        digest = SHA256Digest(hashing: Array((context.principal ?? "").utf8) + [0] + request.encodedBytes())
    }

    static let reused = RPCError(
        .alreadyExists, reason: "IDEMPOTENCY_KEY_REUSED", message: "the idempotency key belongs to another request",
        details: ["field": "idempotency_key", "fix": "send a new key for a new intention, and the same request for a retry"])

    static let inProgress = RPCError(
        .aborted, reason: "IDEMPOTENCY_IN_PROGRESS", message: "the first call with this idempotency key is still at work",
        retryAfter: .seconds(1))
}
