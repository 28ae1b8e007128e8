/// Who holds which connection, who waits for one, and when to open, retry and close. Pure: time and jitter are parameters.
struct PoolStateMachine {
    typealias Instant = ContinuousClock.Instant

    struct Limits {
        var maximumConnections: Int
        var maximumWaiters: Int
        var idleTimeout: Duration
        var firstBackoff: Duration = .milliseconds(50)
        var maximumBackoff: Duration = .seconds(2)
    }

    enum Action: Equatable {
        case open(connection: Int)
        case lease(connection: Int, waiter: Int)
        case fail(waiter: Int, PostgresError)
        case close(connection: Int)
    }

    private enum Slot {
        /// May become idle, leased, or leave.
        case opening
        /// May become leased, or leave.
        case idle(since: Instant, expires: Instant)
        /// May become idle, leased again, or leave.
        case leased(expires: Instant)
    }

    private struct Waiter {
        let id: Int
        let deadline: Instant
    }

    private let limits: Limits
    private var slots: [Int: Slot] = [:]
    /// The last is the most recently used, and the first to be used again.
    private var idle: [Int] = []
    private var waiters: [Waiter] = []
    private var nextConnection = 0
    private var failures = 0
    private var retryAt: Instant?
    private var lastFailure: PostgresError?
    private var isClosing = false

    init(limits: Limits) { self.limits = limits }

    var statistics: PoolStatistics {
        PoolStatistics(open: slots.count, idle: idle.count, waiting: waiters.count, limit: limits.maximumConnections)
    }
    var isEmpty: Bool { slots.isEmpty }

    mutating func acquire(_ waiter: Int, deadline: Instant, now: Instant) -> [Action] {
        guard !isClosing else { return [.fail(waiter: waiter, .unavailable("the pool is closed"))] }
        if let connection = idle.popLast(), case .idle(_, let expires) = slots[connection] {
            slots[connection] = .leased(expires: expires)
            return [.lease(connection: connection, waiter: waiter)]
        }
        guard waiters.count < limits.maximumWaiters else { return [.fail(waiter: waiter, .poolExhausted)] }
        waiters.append(Waiter(id: waiter, deadline: deadline))
        return openWhereNeeded(now: now)
    }

    /// The caller stopped waiting. Nothing happens where it has been served already.
    mutating func abandon(_ waiter: Int) -> [Action] {
        guard let position = waiters.firstIndex(where: { $0.id == waiter }) else { return [] }
        waiters.remove(at: position)
        return [.fail(waiter: waiter, .cancelled)]
    }

    mutating func opened(_ connection: Int, expires: Instant, now: Instant) -> [Action] {
        guard case .opening = slots[connection] else { return [.close(connection: connection)] }
        failures = 0
        retryAt = nil
        lastFailure = nil
        slots[connection] = .leased(expires: expires)
        return offer(connection, expires: expires, now: now) + openWhereNeeded(now: now)
    }

    mutating func released(_ connection: Int, reusable: Bool, now: Instant) -> [Action] {
        guard case .leased(let expires) = slots[connection] else { return [] }
        guard reusable, expires > now, !isClosing else {
            slots[connection] = nil
            return [.close(connection: connection)] + openWhereNeeded(now: now)
        }
        return offer(connection, expires: expires, now: now)
    }

    /// The connection broke, or could not be opened. `jitter` is in 0..<1.
    mutating func lost(_ connection: Int, reason: PostgresError, jitter: Double, now: Instant) -> [Action] {
        guard let slot = slots.removeValue(forKey: connection) else { return [] }
        idle.removeAll { $0 == connection }
        if case .opening = slot {
            failures += 1
            lastFailure = reason
            retryAt = now + backoff(jitter: jitter)
        }
        return openWhereNeeded(now: now)
    }

    mutating func timerFired(now: Instant) -> [Action] {
        var actions: [Action] = []
        for waiter in waiters where waiter.deadline <= now {
            actions.append(.fail(waiter: waiter.id, lastFailure ?? .poolExhausted))
        }
        waiters.removeAll { $0.deadline <= now }
        for connection in idle where isSpent(connection, now: now) {
            slots[connection] = nil
            actions.append(.close(connection: connection))
        }
        idle.removeAll { slots[$0] == nil }
        return actions + openWhereNeeded(now: now)
    }

    /// When ``timerFired(now:)`` has something to do.
    var nextDeadline: Instant? {
        let deadlines = waiters.map(\.deadline) + idle.compactMap(spentAt)
        return (deadlines + (waiters.isEmpty ? [] : [retryAt].compactMap { $0 })).min()
    }

    /// Those who wait are refused; leased connections close when they come back.
    mutating func close() -> [Action] {
        isClosing = true
        defer {
            waiters = []
            idle = []
        }
        for connection in idle { slots[connection] = nil }
        return waiters.map { .fail(waiter: $0.id, .unavailable("the pool is closed")) } + idle.map { .close(connection: $0) }
    }

    private mutating func offer(_ connection: Int, expires: Instant, now: Instant) -> [Action] {
        guard !isClosing else {
            slots[connection] = nil
            return [.close(connection: connection)]
        }
        if waiters.isEmpty {
            slots[connection] = .idle(since: now, expires: expires)
            idle.append(connection)
            return []
        }
        slots[connection] = .leased(expires: expires)
        return [.lease(connection: connection, waiter: waiters.removeFirst().id)]
    }

    private mutating func openWhereNeeded(now: Instant) -> [Action] {
        guard !isClosing, retryAt.map({ $0 <= now }) ?? true else { return [] }
        var opening = slots.values.count { if case .opening = $0 { true } else { false } }
        // After a failure one connection feels its way; the others follow when it stands.
        let wanted = failures > 0 ? min(1, waiters.count) : waiters.count
        var actions: [Action] = []
        while opening < wanted, slots.count < limits.maximumConnections {
            nextConnection += 1
            slots[nextConnection] = .opening
            actions.append(.open(connection: nextConnection))
            opening += 1
        }
        return actions
    }

    /// Exponential with full jitter, and never less than half of the first step.
    private func backoff(jitter: Double) -> Duration {
        let ceiling = min(limits.maximumBackoff, limits.firstBackoff * (1 << min(failures - 1, 10)))
        return max(limits.firstBackoff / 2, ceiling * jitter)
    }

    private func spentAt(_ connection: Int) -> Instant? {
        guard case .idle(let since, let expires) = slots[connection] else { return nil }
        return min(expires, since + limits.idleTimeout)
    }

    private func isSpent(_ connection: Int, now: Instant) -> Bool { spentAt(connection).map { $0 <= now } ?? true }
}
