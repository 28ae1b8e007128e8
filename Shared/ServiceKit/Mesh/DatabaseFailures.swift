internal import Postgres
internal import RPC

/// Tells callers of a database that failed a handler which left the failure to the edge. The pool logs the cause.
struct DatabaseFailures: ServerInterceptor {
    func intercept<Answer: Sendable>(
        _ method: MethodDescriptor, _ context: CallContext, next: (CallContext) async throws -> Answer
    ) async throws -> Answer {
        do {
            return try await next(context)
        } catch let error as PostgresError {
            if let status = Self.status(of: error) { throw status }
            throw error
        }
    }

    /// Nil for what is the handler's own fault.
    static func status(of error: PostgresError) -> RPCError? {
        if case .commitOutcomeUnknown = error {
            // Safe to repeat under an idempotency key, and only so.
            return RPCError(.unavailable, reason: "OUTCOME_UNKNOWN", message: "the database was lost while it committed; look before trying again")
        }
        guard error.isRetryable else { return nil }
        return RPCError(.unavailable, reason: "DATABASE_UNAVAILABLE", message: "the database cannot be used right now; nothing was changed")
    }
}
