internal import Identity
internal import Postgres
internal import RPC
internal import Trust

/// The rows of keyed calls, within the transaction of their effects.
struct IdempotencyStore {
    /// What is kept of an earlier call.
    struct Kept {
        var code: Int64
        var response: [UInt8]
        var refusal: [UInt8]?
    }

    static let responseBytesMax = 256 << 10
    /// A key's answer is kept for so long; the design of the callers' retries needs minutes.
    static let retentionSeconds: Int64 = 24 * 3600

    /// Waits where another transaction has inserted the same key and not ended: after its commit this inserts nothing, after its
    /// rollback it inserts.
    private static let claim = """
        INSERT INTO idempotency_key (tenant_id, method, key, request_digest, expires_at)
        VALUES ($1, $2, $3, $4, now() + $5::bigint * interval '1 second')
        ON CONFLICT (tenant_id, method, key) DO NOTHING
        """
    private static let read = """
        SELECT request_digest, code, response, refusal FROM idempotency_key WHERE tenant_id = $1 AND method = $2 AND key = $3
        """
    private static let keep = """
        UPDATE idempotency_key SET code = $4, response = $5, refusal = $6 WHERE tenant_id = $1 AND method = $2 AND key = $3
        """

    let tx: PostgresTransaction

    /// Nil where the call is the first with its key and is now to be run; else what the first one was answered.
    func begin(_ call: IdempotentCall) async throws -> Kept? {
        let place = Self.place(call)
        if try await claim(place, call) { return nil }
        // The sweep may have taken the row between the two statements; the caller's retry is then a first call.
        guard let kept = try await kept(call) else { throw IdempotentCall.inProgress }
        return kept
    }

    /// Nil where no call with this key has ended.
    func kept(_ call: IdempotentCall) async throws -> Kept? {
        guard let row = try await tx.query(Self.read, Self.place(call)).first else { return nil }
        guard try row.bytes("request_digest") == call.digest.bytes else { throw IdempotentCall.reused }
        return Kept(code: try row.int("code"), response: try row.optionalBytes("response") ?? [], refusal: try row.optionalJSON("refusal"))
    }

    /// Whether the row is ours.
    private func claim(_ place: [PostgresValue], _ call: IdempotentCall) async throws -> Bool {
        do throws(PostgresError) {
            return try await tx.execute(Self.claim, place + [.bytes(call.digest.bytes), .int(Self.retentionSeconds)]) == 1
        } catch {
            if case .timeout = error { throw IdempotentCall.inProgress }
            throw error
        }
    }

    func finish(_ call: IdempotentCall, _ kept: Kept) async throws {
        guard kept.response.count <= Self.responseBytesMax else {
            throw RPCError(.internal, reason: "ANSWER_TOO_LARGE_TO_KEEP", message: "the answer is too large to be kept for retries")
        }
        try await tx.execute(
            Self.keep, Self.place(call) + [.int(kept.code), .bytes(kept.response), kept.refusal.map { .json($0) } ?? .null])
    }

    private static func place(_ call: IdempotentCall) -> [PostgresValue] {
        [.uuid(call.tenant.rawValue), .text(call.method), .text(call.key)]
    }
}
