internal import Postgres
internal import RPC

/// What a caller is told of a database that failed a handler which left the failure to the edge. The pool logs the cause.
enum DatabaseFailure {
    /// Nil for what is the handler's own fault.
    static func status(of error: any Error) -> RPCError? {
        guard let error = error as? PostgresError else { return nil }
        if case .commitOutcomeUnknown = error {
            // Safe to repeat under an idempotency key, and only so.
            return RPCError(.unavailable, reason: "OUTCOME_UNKNOWN", message: "the database was lost while it committed; look before trying again")
        }
        guard error.isRetryable else { return nil }
        return RPCError(.unavailable, reason: "DATABASE_UNAVAILABLE", message: "the database cannot be used right now; nothing was changed")
    }
}
