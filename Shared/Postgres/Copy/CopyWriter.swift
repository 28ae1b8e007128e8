internal import Synchronization

/// Takes the rows of one COPY. Rows are gathered into pieces; a piece is handed to the socket before the next is begun, so that a source
/// faster than the server waits.
public final class CopyWriter: Sendable {
    /// Bytes that are gathered before they are sent.
    static let pieceBytes = 128 << 10

    private struct State {
        var encoder: CopyEncoder
        var isClosed = false
    }

    private let transaction: PostgresTransaction
    private let state: Mutex<State>

    init(transaction: PostgresTransaction, columnCount: Int) {
        self.transaction = transaction
        state = Mutex(State(encoder: CopyEncoder(columnCount: columnCount)))
    }

    /// The values must be of the columns' own types: the binary form of a bigint is not that of an integer.
    public func write(_ row: [PostgresValue]) async throws(PostgresError) {
        let piece = try state.withLock { state throws(PostgresError) -> [UInt8]? in
            guard !state.isClosed else { throw .transactionAborted }
            try state.encoder.append(row)
            return state.encoder.byteCount >= Self.pieceBytes ? state.encoder.take() : nil
        }
        if let piece { try await transaction.copyPiece(piece) }
    }

    func finish() async throws(PostgresError) {
        let piece = state.withLock { state in
            state.isClosed = true
            state.encoder.appendTrailer()
            return state.encoder.take()
        }
        try await transaction.copyPiece(piece)
    }

    func close() { state.withLock { $0.isClosed = true } }
}
