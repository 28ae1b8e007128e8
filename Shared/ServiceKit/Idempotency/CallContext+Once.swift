public import Postgres
public import RPC
public import WireRuntime

extension CallContext {
    /// Runs `effect` once for this call's idempotency key, and keeps its answer in the same transaction: a retry, by whichever
    /// instance it is served, gets that answer and changes nothing. Calls with the same key at the same time wait for the first.
    ///
    /// Without a key the effect runs each time. Where the effect throws, the transaction is rolled back, so there is nothing to keep
    /// and a retry runs it again; for a refusal that stands with what was changed see ``onceDeciding(_:_:in:isolation:_:)``.
    ///
    /// - Throws: ALREADY_EXISTS with `IDEMPOTENCY_KEY_REUSED` where the key came with another request or principal before; ABORTED with
    ///   `IDEMPOTENCY_IN_PROGRESS` where the first call takes longer than the database lets others wait.
    public func once<Response: WireMessage>(
        _ method: MethodDescriptor, _ request: some WireMessage, in tx: PostgresTransaction, isolation: isolated (any Actor)? = #isolation,
        _ effect: () async throws -> Response
    ) async throws -> Response {
        try await onceDeciding(method, request, in: tx) { EffectOutcome<Response>.answer(try await effect()) }.get()
    }

    /// As ``once(_:_:in:isolation:_:)``, for effects whose refusals are kept as well. The caller commits, then throws the refusal.
    public func onceDeciding<Response: WireMessage>(
        _ method: MethodDescriptor, _ request: some WireMessage, in tx: PostgresTransaction, isolation: isolated (any Actor)? = #isolation,
        _ effect: () async throws -> EffectOutcome<Response>
    ) async throws -> EffectOutcome<Response> {
        guard let call = try IdempotentCall(method, request, self) else { return try await effect() }
        let store = IdempotencyStore(tx: tx)
        if let kept = try await store.begin(call) {
            return try Self.outcome(of: kept)
        }
        let outcome = try await effect()
        switch outcome {
        case .answer(let response):
            try await store.finish(call, .init(code: Int64(StatusCode.ok.rawValue), response: response.encodedBytes(), refusal: nil))
        case .refusal(let error):
            try await store.finish(call, .init(code: Int64(error.code.rawValue), response: [], refusal: StoredRefusal.encode(error)))
        }
        return outcome
    }
    /// What an earlier call with this call's key was answered; nil where there was none, or it is not over. For effects that do more before
    /// their transaction than a repetition should.
    ///
    /// - Throws: As ``once(_:_:in:isolation:_:)``, and the refusal where the earlier call was refused for good.
    public func answered<Response: WireMessage>(
        _ method: MethodDescriptor, _ request: some WireMessage, by pool: PostgresPool
    ) async throws -> Response? {
        guard let call = try IdempotentCall(method, request, self) else { return nil }
        let kept = try await pool.withTenant(call.tenant) { tx in try await IdempotencyStore(tx: tx).kept(call) }
        return try kept.map { try Self.outcome(of: $0).get() }
    }

    private static func outcome<Response: WireMessage>(of kept: IdempotencyStore.Kept) throws -> EffectOutcome<Response> {
        if let refusal = kept.refusal { return .refusal(try StoredRefusal.decode(refusal, code: kept.code)) }
        return .answer(try Response(decodingBytes: kept.response))
    }
}
