internal import CPq

/// COPY, which libpq refuses in pipeline mode.
extension LibpqConnection {
    /// Only while nothing is under way.
    func leavePipeline() -> Bool { PQexitPipelineMode(handle) == 1 }

    func sendCopy(_ sql: String) -> Bool { PQsendQuery(handle, sql) == 1 }

    /// libpq takes the bytes whole and keeps what the socket does not: flush before the next.
    func putCopyData(_ bytes: [UInt8]) -> Bool {
        bytes.withUnsafeBufferPointer { buffer in
            buffer.withMemoryRebound(to: CChar.self) { PQputCopyData(handle, $0.baseAddress, Int32($0.count)) == 1 }
        }
    }

    /// A message makes the server refuse what was sent so far.
    func putCopyEnd(refusing message: String?) -> Bool {
        guard let message else { return PQputCopyEnd(handle, nil) == 1 }
        return PQputCopyEnd(handle, message) == 1
    }

    func nextCopyResult() -> CopyResult {
        guard let result = PQgetResult(handle) else { return .end }
        defer { PQclear(result) }
        switch PQresultStatus(result) {
        case PGRES_COPY_IN: return .ready
        case PGRES_COMMAND_OK: return .finished(rows: ResultSet(tagOf: result).affectedRows)
        case PGRES_FATAL_ERROR: return .failed(ServerErrorReport(result).error)
        default: return .failed(.invalidParameter("the statement is not COPY … FROM STDIN"))
        }
    }
}
