/// A time zone as CEL names it: `UTC`, `+01:00`, `01:00`, or a name of the IANA database as `Europe/Paris`.
public struct TimeZoneName: Sendable {
    private enum Zone: Sendable {
        case fixed(Int)
        case named(ZoneRules)
    }

    private let zone: Zone

    /// Nil where there is no such zone.
    public init?(_ name: String) {
        if name.isEmpty || name == "UTC" || name == "Z" {
            zone = .fixed(0)
        } else if let offset = Self.fixed(name) {
            zone = .fixed(offset)
        } else if let rules = ZoneDatabase.shared.rules(of: name) {
            zone = .named(rules)
        } else {
            return nil
        }
    }

    /// Seconds that clocks there are ahead of UTC.
    public func offset(at seconds: Int64) -> Int {
        switch zone {
        case .fixed(let offset): offset
        case .named(let rules): rules.offset(at: seconds)
        }
    }

    private static func fixed(_ name: String) -> Int? {
        var text = name[...]
        let isNegative = text.hasPrefix("-")
        if isNegative || text.hasPrefix("+") { text = text.dropFirst() }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, (1...2).contains(parts[0].utf8.count), parts[1].utf8.count == 2, let hours = UInt(parts[0]),
            let minutes = UInt(parts[1]),
            hours < 24, minutes < 60
        else { return nil }
        return (isNegative ? -1 : 1) * Int(hours * 3_600 + minutes * 60)
    }
}
