internal import RPC
internal import Synchronization

/// As a metrics registry does: a number more per call.
final class CountingObserver: CallObserver {
    private let calls = Atomic<Int>(0)
    func callEnded(_ record: CallRecord) { calls.add(1, ordering: .relaxed) }
}

/// What the task that is measured came to.
final class Outcome: Sendable {
    private let result = Mutex<Result<Void, any Error>?>(nil)
    var value: Result<Void, any Error>? { result.withLock { $0 } }
    func set(_ value: Result<Void, any Error>) { result.withLock { $0 = value } }
}

struct CostError: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
