/// The certificates that the gateway has lately proved to hold, each in a handshake.
///
/// A token is made for one certificate and carried by a connection under one. While the gateway's certificate is replaced the two
/// may differ: a token made a moment before it travels on the connection made a moment after. Both are the gateway's then, and both
/// were seen here. A certificate that was never seen, or not for a while, vouches for nothing.
struct RecentCertificates: Sendable {
    static let lifetime = Duration.seconds(600)
    /// As many as gateways may run at once, twice over, since each may be replacing its own.
    static let countMax = 64

    private struct Entry {
        var thumbprint: [UInt8]
        var seen: ContinuousClock.Instant
    }

    /// Few: in most systems one, and two for a while after a replacement.
    private var entries: [Entry] = []

    var count: Int { entries.count }

    /// A call came over a connection whose peer proved to hold this certificate.
    mutating func note(_ thumbprint: [UInt8], at now: ContinuousClock.Instant) {
        if let index = entries.firstIndex(where: { $0.thumbprint == thumbprint }) {
            entries[index].seen = max(entries[index].seen, now)
            return
        }
        entries.removeAll { !Self.isRecent($0, now) }
        if entries.count >= Self.countMax, let oldest = entries.indices.min(by: { entries[$0].seen < entries[$1].seen }) {
            entries.remove(at: oldest)
        }
        entries.append(Entry(thumbprint: thumbprint, seen: now))
    }

    func contains(_ thumbprint: [UInt8], at now: ContinuousClock.Instant) -> Bool {
        entries.contains { $0.thumbprint == thumbprint && Self.isRecent($0, now) }
    }

    private static func isRecent(_ entry: Entry, _ now: ContinuousClock.Instant) -> Bool { now - entry.seen <= lifetime }
}
