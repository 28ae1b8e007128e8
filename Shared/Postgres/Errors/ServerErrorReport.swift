/// The fields of a server's error that decide what it means here.
struct ServerErrorReport: Equatable, Sendable {
    var sqlState: String
    var message: String
    var constraint: String?
    var column: String?

    /// Codes are of PostgreSQL's Appendix A.
    var error: PostgresError {
        switch sqlState {
        case "57014" where message.contains("user request"): .cancelled
        case "57014", "55P03": .timeout
        case "40001", "40P01": .serialization
        case "25P02": .transactionAborted
        // The server is starting, stopping or out of slots: as good as not there.
        case "57P01", "57P02", "57P03", "53300": .unavailable(message)
        case let state where state.hasPrefix("23"): .constraint(constraint ?? column ?? state)
        default: .server(sqlState: sqlState, message: message)
        }
    }

    /// A plan that was prepared before a migration changed what it returns. A fresh connection plans anew.
    var invalidatesPreparedStatements: Bool { sqlState == "0A000" || sqlState == "26000" }
}
