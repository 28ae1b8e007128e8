internal import Synchronization

/// Which faults happened, so that a test can tell that they did.
public final class FaultLog: Sendable {
    private let counts = Mutex<[Fault: Int]>([:])

    public init() {}

    public func count(_ fault: Fault) -> Int { counts.withLock { $0[fault] ?? 0 } }

    package func note(_ faults: [Fault]) {
        guard !faults.isEmpty else { return }
        counts.withLock { counts in for fault in faults { counts[fault, default: 0] += 1 } }
    }
}
