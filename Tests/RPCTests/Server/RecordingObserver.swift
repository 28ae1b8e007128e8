@testable import RPC

/// Hears of calls in the order in which they end.
final class RecordingObserver: CallObserver {
    private let records = AsyncStream.makeStream(of: CallRecord.self)

    func callEnded(_ record: CallRecord) { records.continuation.yield(record) }

    func next() async -> CallRecord? { await records.stream.first() }

    func first(where matches: (CallRecord) -> Bool) async -> CallRecord? {
        while let record = await next() {
            if matches(record) { return record }
        }
        return nil
    }
}
