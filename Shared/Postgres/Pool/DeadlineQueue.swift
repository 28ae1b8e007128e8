/// Calls that are to be stopped at a certain time. Most are done long before, so they are dropped in bulk rather than one by one.
struct DeadlineQueue {
    private var items: [(at: ContinuousClock.Instant, ticket: RequestTicket)] = []
    private var sweepAt = 64

    var next: ContinuousClock.Instant? { items.lazy.filter { !$0.ticket.isDone }.map(\.at).min() }

    mutating func add(_ ticket: RequestTicket, at deadline: ContinuousClock.Instant) {
        items.append((deadline, ticket))
        guard items.count >= sweepAt else { return }
        items.removeAll { $0.ticket.isDone }
        // Twice as many as are alive, so that sweeping stays cheap per call.
        sweepAt = max(64, items.count * 2)
    }

    mutating func due(_ now: ContinuousClock.Instant) -> [RequestTicket] {
        let due = items.filter { $0.at <= now && !$0.ticket.isDone }.map(\.ticket)
        items.removeAll { $0.at <= now || $0.ticket.isDone }
        return due
    }
}

extension RequestTicket {
    fileprivate var isDone: Bool { if case .done = place { true } else { false } }
}
