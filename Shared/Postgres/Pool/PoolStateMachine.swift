/// Who uses which connection, who waits for one, and when to open, probe, retry and close. Pure: time and jitter are parameters.
///
/// A connection is leased to one caller for a transaction that is a conversation, or shared by callers whose transactions are each one
/// message and one answer. The shared ones are few and full rather than many: a server process that finds its next transaction in the
/// socket need not sleep in between. That holds while transactions are quick. Where they wait, as for the disk or for a lock, they wait
/// side by side, each on a connection of its own.
struct PoolStateMachine {
    typealias Instant = ContinuousClock.Instant

    enum Use: Sendable, Equatable { case exclusive, shared }

    enum Action: Equatable {
        case open(connection: Int)
        case lease(connection: Int, waiter: Int)
        case join(connection: Int, waiter: Int)
        /// Ask whether it still answers, then report ``probed(_:now:)``.
        case probe(connection: Int)
        case fail(waiter: Int, PostgresError)
        case close(connection: Int)
    }

    private enum Slot {
        /// May become idle, leased, shared, or leave.
        case opening
        /// May become leased, shared, probing, or leave.
        case idle(since: Instant, probed: Instant, expires: Instant)
        /// May become idle, or leave.
        case probing(since: Instant, expires: Instant)
        /// May become idle, leased again, shared, or leave.
        case leased(expires: Instant)
        /// May become idle, leased, or leave. A sealed one takes nobody more.
        case shared(count: Int, progress: Instant, isSealed: Bool, isReusable: Bool, expires: Instant)
    }

    private struct Waiter {
        let id: Int
        let use: Use
        let since: Instant
        let deadline: Instant
    }

    private let limits: PoolLimits
    private var slots: [Int: Slot] = [:]
    /// The last is the most recently used, and the first to be used again.
    private var idle: [Int] = []
    private var shared: [Int] = []
    private var waiters: [Waiter] = []
    private var nextConnection = 0
    private var failures = 0
    private var retryAt: Instant?
    private var lastFailure: PostgresError?
    private var isClosing = false
    private var wasLost = false
    /// How long shared uses took lately, as a moving average.
    private var pace = Duration.zero
    private(set) var reconnects = 0
    private(set) var waits = WaitHistogram()

    init(limits: PoolLimits) { self.limits = limits }

    var open: Int { slots.count }
    var idleCount: Int { idle.count }
    var waiting: Int { waiters.count }
    var isEmpty: Bool { slots.isEmpty }

    mutating func acquire(_ waiter: Int, use: Use = .exclusive, deadline: Instant, now: Instant) -> [Action] {
        guard !isClosing else { return [.fail(waiter: waiter, .unavailable("the pool is closed"))] }
        // Whoever waits is served first. Else a stream of shared uses would keep every connection from ever being free to lease.
        if waiters.isEmpty, let connection = connection(for: use, now: now) {
            waits.record(.zero)
            return [give(connection, to: waiter, use, now: now)] + (use == .shared ? openBesideShared(now: now) : [])
        }
        guard waiters.count < limits.maximumWaiters else { return [.fail(waiter: waiter, .poolExhausted)] }
        waiters.append(Waiter(id: waiter, use: use, since: now, deadline: deadline))
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
        if wasLost { reconnects += 1 }
        return free(connection, since: now, expires: expires, now: now) + openWhereNeeded(now: now)
    }

    /// A lease ends.
    mutating func released(_ connection: Int, reusable: Bool, now: Instant) -> [Action] {
        guard case .leased(let expires) = slots[connection] else { return [] }
        guard reusable else { return close(connection, now: now) }
        return free(connection, since: now, expires: expires, now: now)
    }

    /// A shared use ends. One that leaves the connection unfit seals it.
    mutating func left(_ connection: Int, reusable: Bool, now: Instant) -> [Action] {
        guard case .shared(let count, let progress, let isSealed, let isReusable, let expires) = slots[connection] else { return [] }
        pace += (now - progress - pace) / 8
        let stays = isReusable && reusable
        guard count == 1 else {
            slots[connection] = .shared(
                count: count - 1, progress: now, isSealed: isSealed || !stays, isReusable: stays, expires: expires)
            return serveWaiters(now: now)
        }
        shared.removeAll { $0 == connection }
        return stays ? free(connection, since: now, expires: expires, now: now) : close(connection, now: now)
    }

    /// Nobody more may share it until all have left.
    mutating func seal(_ connection: Int) {
        guard case .shared(let count, let progress, _, let isReusable, let expires) = slots[connection] else { return }
        slots[connection] = .shared(count: count, progress: progress, isSealed: true, isReusable: isReusable, expires: expires)
    }

    /// An idle connection has answered.
    mutating func probed(_ connection: Int, now: Instant) -> [Action] {
        guard case .probing(let since, let expires) = slots[connection] else { return [] }
        return free(connection, since: since, expires: expires, now: now)
    }

    /// The connection broke, or could not be opened. `jitter` is in 0..<1.
    mutating func lost(_ connection: Int, reason: PostgresError, jitter: Double, now: Instant) -> [Action] {
        guard let slot = slots.removeValue(forKey: connection) else { return [] }
        idle.removeAll { $0 == connection }
        shared.removeAll { $0 == connection }
        wasLost = true
        if case .opening = slot {
            failures += 1
            lastFailure = reason
            retryAt = now + limits.backoff(afterFailures: failures, jitter: jitter)
        }
        return openWhereNeeded(now: now)
    }

    mutating func timerFired(now: Instant) -> [Action] {
        var actions: [Action] = []
        for waiter in waiters where waiter.deadline <= now {
            actions.append(.fail(waiter: waiter.id, lastFailure ?? .poolExhausted))
        }
        waiters.removeAll { $0.deadline <= now }
        for connection in idle {
            guard case .idle(let since, let probed, let expires) = slots[connection] else { continue }
            if min(expires, since + limits.idleTimeout) <= now {
                slots[connection] = nil
                actions.append(.close(connection: connection))
            } else if probed + limits.probeInterval <= now {
                slots[connection] = .probing(since: since, expires: expires)
                actions.append(.probe(connection: connection))
            }
        }
        idle.removeAll { if case .idle = slots[$0] { false } else { true } }
        return actions + openWhereNeeded(now: now)
    }

    /// When ``timerFired(now:)`` has something to do.
    var nextDeadline: Instant? {
        let deadlines = waiters.map(\.deadline) + idle.compactMap(idleDeadline)
        return (deadlines + (waiters.isEmpty ? [] : [retryAt].compactMap { $0 })).min()
    }

    /// Those who wait are refused; connections in use close when they come back.
    mutating func close() -> [Action] {
        isClosing = true
        defer {
            waiters = []
            idle = []
        }
        for connection in idle { slots[connection] = nil }
        return waiters.map { .fail(waiter: $0.id, .unavailable("the pool is closed")) } + idle.map { .close(connection: $0) }
    }
}

// MARK: Choices

extension PoolStateMachine {
    private func connection(for use: Use, now: Instant) -> Int? {
        guard use == .shared else { return idle.last }
        if shared.count < limits.spread || pace > limits.quick, let connection = idle.last { return connection }
        return roomiest(below: limits.fullPipeline, now: now) ?? idle.last ?? roomiest(below: limits.maximumPipeline, now: now)
    }

    /// The emptiest of the shared connections that moves.
    private func roomiest(below limit: Int, now: Instant) -> Int? {
        var best: (connection: Int, count: Int)?
        for connection in shared {
            guard case .shared(let count, let progress, false, _, let expires) = slots[connection], count < (best?.count ?? limit), expires > now,
                now - progress < limits.stall
            else { continue }
            best = (connection, count)
        }
        return best?.connection
    }

    private mutating func give(_ connection: Int, to waiter: Int, _ use: Use, now: Instant) -> Action {
        switch (slots[connection], use) {
        case (.shared(let count, let progress, let isSealed, let isReusable, let expires), _):
            slots[connection] = .shared(count: count + 1, progress: progress, isSealed: isSealed, isReusable: isReusable, expires: expires)
            return .join(connection: connection, waiter: waiter)
        case (.idle(_, _, let expires), .shared):
            idle.removeAll { $0 == connection }
            shared.append(connection)
            slots[connection] = .shared(count: 1, progress: now, isSealed: false, isReusable: true, expires: expires)
            return .join(connection: connection, waiter: waiter)
        case (.idle(_, _, let expires), .exclusive):
            idle.removeAll { $0 == connection }
            slots[connection] = .leased(expires: expires)
        case (.opening, _), (.probing, _), (.leased, _), (nil, _): preconditionFailure("only a connection that can be had is given")
        }
        return .lease(connection: connection, waiter: waiter)
    }

    private mutating func free(_ connection: Int, since: Instant, expires: Instant, now: Instant) -> [Action] {
        guard !isClosing, expires > now else { return close(connection, now: now) }
        slots[connection] = .idle(since: since, probed: now, expires: expires)
        idle.append(connection)
        return serveWaiters(now: now)
    }

    private mutating func close(_ connection: Int, now: Instant) -> [Action] {
        slots[connection] = nil
        return [.close(connection: connection)] + openWhereNeeded(now: now)
    }

    /// In the order in which they came.
    private mutating func serveWaiters(now: Instant) -> [Action] {
        var actions: [Action] = []
        while let first = waiters.first, let connection = connection(for: first.use, now: now) {
            waiters.removeFirst()
            waits.record(now - first.since)
            actions.append(give(connection, to: first.id, first.use, now: now))
        }
        return actions
    }

    private mutating func openWhereNeeded(now: Instant) -> [Action] {
        guard !waiters.isEmpty, !isClosing, retryAt.map({ $0 <= now }) ?? true else { return [] }
        // After a failure one connection feels its way; the others follow when it stands.
        let wanted = failures > 0 ? 1 : waiters.count
        var actions: [Action] = []
        for _ in 0..<max(0, wanted - openingCount) where slots.count < limits.maximumConnections { actions.append(openOne()) }
        return actions
    }

    /// Where the shared connections are full, another is opened while they go on.
    private mutating func openBesideShared(now: Instant) -> [Action] {
        guard slots.count < limits.maximumConnections, idle.isEmpty, failures == 0, openingCount == 0 else { return [] }
        guard shared.count < limits.spread || pace > limits.quick || roomiest(below: limits.fullPipeline, now: now) == nil else { return [] }
        return [openOne()]
    }

    private var openingCount: Int { slots.values.count { if case .opening = $0 { true } else { false } } }

    private mutating func openOne() -> Action {
        nextConnection += 1
        slots[nextConnection] = .opening
        return .open(connection: nextConnection)
    }

    private func idleDeadline(_ connection: Int) -> Instant? {
        guard case .idle(let since, let probed, let expires) = slots[connection] else { return nil }
        return min(expires, since + limits.idleTimeout, probed + limits.probeInterval)
    }
}
