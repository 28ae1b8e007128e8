internal import Synchronization

/// Whether this process should be given work: every check passes and it is not shutting down.
public final class Readiness: Sendable {
    public typealias Check = @Sendable () async -> Bool

    private struct State {
        var checks: [(name: String, check: Check)] = []
        var isDraining = false
        /// What failed at the last look; nil before the first.
        var lastFailing: [String]?
    }

    private let state = Mutex(State())

    init() {}

    func add(_ name: String, _ check: @escaping Check) { state.withLock { $0.checks.append((name, check)) } }

    /// Whether this process is about to end: whoever has a connection to it should look for another.
    public var isDraining: Bool { state.withLock { $0.isDraining } }

    /// From now on never ready again.
    func drain() { state.withLock { $0.isDraining = true } }

    /// The names of what is not ready; empty where all is.
    func failing() async -> [String] {
        let (checks, isDraining) = state.withLock { ($0.checks, $0.isDraining) }
        if isDraining { return ["draining"] }
        var failing: [String] = []
        for (name, check) in checks where await !check() { failing.append(name) }
        state.withLock { $0.lastFailing = failing }
        return failing
    }

    /// At the last look, without another.
    var wasReady: Bool { state.withLock { !$0.isDraining && $0.lastFailing?.isEmpty == true } }

    /// Looks again and again, for those who cannot wait for a look.
    func watch(every pause: Duration = .seconds(2)) async throws {
        while true {
            _ = await failing()
            try await Task.sleep(for: pause)
        }
    }
}
