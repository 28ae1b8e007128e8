/// What can go wrong between a store and its database, cut to what a store can act on.
public enum PostgresError: Error, Sendable, Hashable {
    /// No connection could be had, or it broke before a COMMIT was sent: nothing of the transaction stands.
    case unavailable(String)
    /// All connections stayed busy until the acquire timeout, or too many callers waited already.
    case poolExhausted
    /// The statement ran longer than the statement or lock timeout. The transaction is rolled back.
    case timeout
    /// The calling task was cancelled. The transaction is rolled back.
    case cancelled
    /// A unique, foreign key, check, not-null or exclusion constraint refused the change. Holds the constraint's name
    /// (the column's, for not-null).
    case constraint(String)
    /// A serialization failure or a deadlock: the same transaction may succeed if it is run again.
    case serialization
    /// The connection broke between sending a COMMIT, or a batch, and its answer. The change may or may not stand, and nobody can tell
    /// from here: look for what it would have left behind, or repeat it under an idempotency key. Not retryable by itself.
    case commitOutcomeUnknown
    /// An earlier statement of this transaction failed, or the transaction has ended.
    case transactionAborted
    /// The answer has more rows or bytes than the configuration allows.
    case resultTooLarge(rows: Int, bytes: Int)
    /// A parameter that cannot be sent, such as text that contains a NUL.
    case invalidParameter(String)
    /// A column is missing, null, or of a type that the accessor does not read.
    case unreadableColumn(String, reason: String)
    /// The configuration would send statements unencrypted to another machine.
    case insecureTransport(String)
    /// Any other refusal by the server.
    case server(sqlState: String, message: String)
}

extension PostgresError {
    /// Nothing of the transaction stands, and the same transaction may well succeed if it is run again, after a pause.
    public var isRetryable: Bool {
        switch self {
        case .unavailable, .poolExhausted, .serialization: true
        case .timeout, .cancelled, .constraint, .commitOutcomeUnknown, .transactionAborted, .resultTooLarge, .invalidParameter,
            .unreadableColumn, .insecureTransport, .server:
            false
        }
    }
}

extension PostgresError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .unavailable(let reason): "database unavailable: \(reason)"
        case .poolExhausted: "no database connection became free in time"
        case .timeout: "the statement timed out"
        case .cancelled: "the statement was cancelled"
        case .constraint(let name): "constraint \(name) refused the change"
        case .serialization: "serialization failure"
        case .commitOutcomeUnknown: "the connection broke while committing; the outcome is unknown"
        case .transactionAborted: "the transaction has failed or ended"
        case .resultTooLarge(let rows, let bytes): "the result is too large (\(rows) rows, \(bytes) bytes)"
        case .invalidParameter(let reason): "invalid parameter: \(reason)"
        case .unreadableColumn(let name, let reason): "column \(name): \(reason)"
        case .insecureTransport(let reason): reason
        case .server(let state, let message): "server error \(state): \(message)"
        }
    }
}
