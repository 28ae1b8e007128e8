internal import CEL

/// The clock on the wall of a time zone, in whole seconds since 1970: `local` counts as if the wall were in UTC.
public struct ZonedClock: Sendable {
    /// What a reading of the wall clock is.
    public enum Reading: Hashable, Sendable {
        case once(Int64)
        /// Clocks were set forward over it: the moment at which they were.
        case skipped(Int64)
        /// Clocks were set back over it: the moments at which it was read.
        case twice(Int64, Int64)

        /// The first moment at which the wall shows at least this.
        public var first: Int64 {
            switch self {
            case .once(let moment), .skipped(let moment), .twice(let moment, _): moment
            }
        }
    }

    /// Farther apart than any two changes of a zone's clocks follow each other, nearer than the next one.
    private static let reach: Int64 = 86_400

    public let name: String
    private let zone: TimeZoneName

    /// Nil where the IANA database of this machine has no such zone.
    public init?(_ name: String) {
        guard let zone = TimeZoneName(name) else { return nil }
        self.name = name
        self.zone = zone
    }

    public func local(at moment: Int64) -> Int64 { moment + Int64(zone.offset(at: moment)) }

    public func reading(_ local: Int64) -> Reading {
        let before = Int64(zone.offset(at: local - Self.reach))
        let after = Int64(zone.offset(at: local + Self.reach))
        let candidates = [local - max(before, after), local - min(before, after)].filter { self.local(at: $0) == local }
        switch (candidates.first, candidates.last) {
        case (let first?, let last?): return first == last ? .once(first) : .twice(first, last)
        default: return .skipped(change(between: local - max(before, after), and: local - min(before, after)))
        }
    }

    /// The moment at which the offset changes.
    private func change(between early: Int64, and late: Int64) -> Int64 {
        let before = zone.offset(at: early)
        var (low, high) = (early, late)
        while low + 1 < high {
            let middle = low + (high - low) / 2
            if zone.offset(at: middle) == before { low = middle } else { high = middle }
        }
        return high
    }
}
