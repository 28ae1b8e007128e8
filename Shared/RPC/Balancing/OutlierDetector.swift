/// Finds the servers that answer worse than the others. Pure: times are handed in, and nothing waits for a timer.
struct OutlierDetector {
    private struct Record {
        let id: EndpointID
        var consecutiveFailures = 0
        var successes = 0
        var failures = 0
        /// Of the next ejection.
        var multiplier = 0
        /// At some time since rates were compared last.
        var wasEjected = false
        var ejectedUntil: ContinuousClock.Instant?

        var calls: Int { successes + failures }
    }

    private let settings: OutlierSettings
    private var records: [Record] = []
    private var nextComparison: ContinuousClock.Instant?
    /// When the first of those that are out comes back.
    private(set) var nextReturn: ContinuousClock.Instant?

    init(settings: OutlierSettings) { self.settings = settings }

    mutating func add(_ id: EndpointID) { records.append(Record(id: id)) }

    mutating func remove(_ id: EndpointID) {
        records.removeAll { $0.id == id }
        findNextReturn()
    }

    func isEjected(_ id: EndpointID) -> Bool { records.contains { $0.id == id && $0.ejectedUntil != nil } }

    /// True where the set of those that are out changed.
    mutating func ended(_ id: EndpointID, failed: Bool, now: ContinuousClock.Instant) -> Bool {
        // The only server is used however it answers.
        guard records.count > 1, let index = records.firstIndex(where: { $0.id == id }) else { return false }
        if failed {
            records[index].failures += 1
            records[index].consecutiveFailures += 1
        } else {
            records[index].successes += 1
            records[index].consecutiveFailures = 0
        }
        var changed = false
        if records[index].consecutiveFailures >= settings.consecutiveFailuresMax { changed = eject(index, now) }
        if now >= nextComparison ?? now {
            changed = compare(now) || changed
        }
        return changed
    }

    /// Lets those back in whose time is over. True where there were any.
    mutating func readmit(now: ContinuousClock.Instant) -> Bool {
        guard let nextReturn, now >= nextReturn else { return false }
        for index in records.indices {
            if let until = records[index].ejectedUntil, now >= until {
                records[index].ejectedUntil = nil
                records[index].consecutiveFailures = 0
            }
        }
        findNextReturn()
        return true
    }

    private mutating func compare(_ now: ContinuousClock.Instant) -> Bool {
        let isFirst = nextComparison == nil
        nextComparison = now + settings.interval
        guard !isFirst else { return false }
        var changed = false
        if let threshold = leastRate() {
            for index in records.indices where records[index].calls >= settings.callsMin {
                if Self.rate(records[index]) < threshold { changed = eject(index, now) || changed }
            }
        }
        for index in records.indices {
            if !records[index].wasEjected { records[index].multiplier = max(0, records[index].multiplier - 1) }
            records[index].wasEjected = records[index].ejectedUntil != nil
            records[index].successes = 0
            records[index].failures = 0
        }
        return changed
    }

    private static func rate(_ record: Record) -> Double { Double(record.successes) / Double(max(1, record.calls)) }

    private func leastRate() -> Double? {
        let rates = records.filter { $0.calls >= settings.callsMin }.map(Self.rate)
        guard rates.count >= settings.serversMin else { return nil }
        let mean = rates.reduce(0, +) / Double(rates.count)
        let variance = rates.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(rates.count)
        return mean - settings.deviationsMax * variance.squareRoot()
    }

    private mutating func eject(_ index: Int, _ now: ContinuousClock.Instant) -> Bool {
        let out = records.count { $0.ejectedUntil != nil }
        guard records[index].ejectedUntil == nil, (out + 1) * 100 <= settings.ejectedPercentMax * records.count else { return false }
        records[index].multiplier += 1
        records[index].wasEjected = true
        records[index].ejectedUntil = now + min(settings.ejectionMax, settings.ejectionBase * records[index].multiplier)
        findNextReturn()
        return true
    }

    private mutating func findNextReturn() { nextReturn = records.compactMap(\.ejectedUntil).min() }
}
