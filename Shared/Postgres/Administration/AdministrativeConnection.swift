internal import CPq

/// A plain connection for what is not a service's daily work: migrations, creating databases, inspection. It runs scripts of
/// several statements, which pipelines cannot, and blocks a thread of its own.
public actor AdministrativeConnection {
    private nonisolated let thread = BlockingThread(name: "pg-admin")
    private var handle: BlockingHandle?

    public nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    public init(configuration: PostgresConfiguration) async throws(PostgresError) {
        if let problem = configuration.transportProblem { throw .insecureTransport(problem) }
        var configuration = configuration
        // A migration may rebuild an index; what bounds it is the operator.
        configuration.statementTimeout = .zero
        configuration.idleInTransactionTimeout = .zero
        try connect(configuration)
    }

    /// Runs a script of any number of statements, outside a transaction unless it opens one.
    public func script(_ sql: String) throws(PostgresError) {
        guard !sql.utf8.contains(0) else { throw .invalidParameter("the script contains a NUL") }
        let result = PQexec(try open(), sql)
        _ = try take(result)
    }

    public func query(_ sql: String, _ parameters: [PostgresValue] = []) throws(PostgresError) -> [PostgresRow] {
        let bound = try BoundStatement(sql, parameters)
        let handle = try open()
        let result = bound.parameters.withPointers { count, values in
            PQexecParams(handle, bound.sql, count, bound.parameters.types, values, bound.parameters.lengths, bound.parameters.formats, 1)
        }
        return try take(result).rows
    }

    /// Runs `body` between BEGIN and COMMIT.
    public func transaction<T: Sendable>(_ body: @Sendable (isolated AdministrativeConnection) throws -> T) throws -> T {
        try script("BEGIN")
        let value: T
        do { value = try body(self) } catch {
            // The failure of interest is the first one.
            try? script("ROLLBACK")
            throw error
        }
        try script("COMMIT")
        return value
    }

    public func close() { handle = nil }

    private func connect(_ configuration: PostgresConfiguration) throws(PostgresError) {
        let parameters = configuration.connectionParameters() + [("connect_timeout", String(max(1, configuration.connectTimeout.components.seconds)))]
        let keywords = CStringArray(parameters.map(\.0))
        let values = CStringArray(parameters.map(\.1))
        let made = keywords.withPointer { keywords in values.withPointer { PQconnectdbParams(keywords, $0, 0) } }
        guard let made else { throw .unavailable("out of memory") }
        let handle = BlockingHandle(pointer: made)
        guard handle.isConnected else { throw .unavailable(handle.errorMessage) }
        self.handle = handle
    }

    private func open() throws(PostgresError) -> OpaquePointer {
        guard let handle else { throw .unavailable("the connection is closed") }
        return handle.pointer
    }

    private func take(_ result: OpaquePointer?) throws(PostgresError) -> ResultSet {
        guard let result else { throw .unavailable(handle?.errorMessage ?? "out of memory") }
        defer { PQclear(result) }
        switch PQresultStatus(result) {
        case PGRES_TUPLES_OK, PGRES_COMMAND_OK, PGRES_EMPTY_QUERY: return ResultSet(copying: result)
        default:
            if let handle, !handle.isConnected { throw .unavailable("the connection was lost") }
            throw ServerErrorReport(result).error
        }
    }
}

/// Closes the connection when its owner lets go of it.
private final class BlockingHandle {
    let pointer: OpaquePointer

    init(pointer: OpaquePointer) {
        self.pointer = pointer
        PQsetNoticeReceiver(pointer, { _, _ in }, nil)
    }

    deinit { PQfinish(pointer) }

    var isConnected: Bool { PQstatus(pointer) == CONNECTION_OK }

    var errorMessage: String {
        let text = PQerrorMessage(pointer).map { String(cString: $0) } ?? ""
        return text.split(whereSeparator: \.isNewline).joined(separator: "; ")
    }
}
