/// How long a connection is used before another takes its place: certificates, addresses and load move on without a restart.
/// Spread, so that the connections of a fleet that started together do not end together.
enum ConnectionAge {
    static let spread = 0.1

    /// - Parameter random: 0...1
    static func lifetime(max: Duration, random: Double) -> Duration {
        max * (1 + spread * (2 * random - 1))
    }
}
