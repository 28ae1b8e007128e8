internal import CPq

/// The C calls of one connection. Not thread-safe: it stays on its loop's thread.
final class LibpqConnection {
    enum ConnectStep: Equatable { case reading, writing, established, failed }
    enum Flush: Equatable { case done, pending, failed }

    let handle: OpaquePointer
    /// The columns of prepared statements, by name: reading them from each result anew costs more than the result itself.
    private var shapes: [String: ResultShape] = [:]

    /// Begins to connect without waiting. Nil if out of memory.
    init?(parameters: [(String, String)]) {
        let keywords = CStringArray(parameters.map(\.0))
        let values = CStringArray(parameters.map(\.1))
        guard let handle = keywords.withPointer({ keywords in values.withPointer { PQconnectStartParams(keywords, $0, 0) } }) else { return nil }
        self.handle = handle
        // Notices are for people at a prompt; libpq would print them to stderr.
        PQsetNoticeReceiver(handle, { _, _ in }, nil)
    }

    deinit { PQfinish(handle) }

    var socket: Int32 { PQsocket(handle) }
    var hasFailed: Bool { PQstatus(handle) == CONNECTION_BAD }
    /// Not within a transaction, as the server last said.
    var isOutsideTransaction: Bool { PQtransactionStatus(handle) == PQTRANS_IDLE }

    /// A transaction is open that no statement runs in. Not known while more answers are expected.
    var hasOpenTransaction: Bool { [PQTRANS_INTRANS, PQTRANS_INERROR].contains(PQtransactionStatus(handle)) }

    /// libpq's words in one line.
    var errorMessage: String {
        let text = PQerrorMessage(handle).map { String(cString: $0) } ?? ""
        return text.split { $0.isNewline || $0 == "\t" }.joined(separator: " ")
    }

    func continueConnecting() -> ConnectStep {
        switch PQconnectPoll(handle) {
        case PGRES_POLLING_READING: .reading
        case PGRES_POLLING_WRITING: .writing
        case PGRES_POLLING_OK: PQsetnonblocking(handle, 1) == 0 && enterPipeline() ? .established : .failed
        default: .failed
        }
    }

    // MARK: Pipeline

    func enterPipeline() -> Bool { PQenterPipelineMode(handle) == 1 }

    func sendPrepare(name: String, sql: String, types: [UInt32]) -> Bool {
        PQsendPrepare(handle, name, sql, Int32(types.count), types) == 1
    }

    /// Results come in binary form.
    func sendExecute(name: String, _ parameters: BoundParameters) -> Bool {
        parameters.withPointers { count, values in
            PQsendQueryPrepared(handle, name, count, values, parameters.lengths, parameters.formats, 1) == 1
        }
    }

    func sendUnprepared(sql: String, _ parameters: BoundParameters) -> Bool {
        parameters.withPointers { count, values in
            PQsendQueryParams(handle, sql, count, parameters.types, values, parameters.lengths, parameters.formats, 1) == 1
        }
    }

    func sendClose(name: String) -> Bool {
        shapes[name] = nil
        // There is no PQsendClosePrepared before libpq 17. Names are ours: s and a number.
        return PQsendQueryParams(handle, "DEALLOCATE \(name)", 0, nil, nil, nil, nil, 0) == 1
    }

    func sendSync() -> Bool { PQpipelineSync(handle) == 1 }

    func flush() -> Flush {
        switch PQflush(handle) {
        case 0: .done
        case 1: .pending
        default: .failed
        }
    }

    func consumeInput() -> Bool { PQconsumeInput(handle) == 1 }

    /// True while the next result is not complete: ``nextResult(_:)`` would block.
    var isBusy: Bool { PQisBusy(handle) == 1 }

    func nextResult(_ detail: PipelineRequest.Detail) -> PipelineResult {
        guard let result = PQgetResult(handle) else { return .endOfStatement }
        defer { PQclear(result) }
        switch PQresultStatus(result) {
        case PGRES_TUPLES_OK, PGRES_COMMAND_OK, PGRES_EMPTY_QUERY: return .finished(copy(result, detail))
        case PGRES_PIPELINE_SYNC: return .sync
        case PGRES_PIPELINE_ABORTED: return .aborted
        default: return .failed(ServerErrorReport(result))
        }
    }

    private func copy(_ result: OpaquePointer, _ detail: PipelineRequest.Detail) -> ResultSet {
        switch detail {
        case .nothing: return .nothing
        case .tag: return ResultSet(tagOf: result)
        case .rows(nil): return ResultSet(copying: result)
        case .rows(let name?):
            if let shape = shapes[name], shape.fits(result) { return ResultSet(copying: result, shape: shape) }
            let set = ResultSet(copying: result)
            shapes[name] = set.shape
            return set
        }
    }

    /// A request to stop the running statement, to be sent from a thread that may block.
    func makeCancellation() -> LibpqCancellation? { PQgetCancel(handle).map(LibpqCancellation.init) }
}

extension BoundParameters {
    /// The pointers are valid within the closure only.
    func withPointers<T>(_ body: (Int32, [UnsafePointer<CChar>?]) -> T) -> T {
        bytes.withUnsafeBufferPointer { buffer in
            buffer.withMemoryRebound(to: CChar.self) { characters in
                // An empty buffer has no address, yet a value of length zero needs one that is not NULL.
                let values = offsets.map { offset -> UnsafePointer<CChar>? in
                    guard offset >= 0 else { return nil }
                    return characters.baseAddress.map { $0 + offset } ?? UnsafePointer(bitPattern: 1)
                }
                return body(Int32(values.count), values)
            }
        }
    }
}
