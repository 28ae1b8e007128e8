internal import NIOCore

/// The names among a client's addresses, and when they are looked up.
struct NameResolution: Sendable {
    private var schedule: ResolutionSchedule
    /// The addresses, where none of them is a name.
    let fixed: [RPCClient.Address]?

    init(_ configuration: RPCClient.Configuration) {
        schedule = ResolutionSchedule(interval: configuration.resolveInterval, pauseMin: configuration.resolvePauseMin)
        fixed = configuration.addresses.contains { !Self.isNumeric($0.host) } ? nil : configuration.addresses
    }

    static func isNumeric(_ host: String) -> Bool { (try? SocketAddress(ipAddress: host, port: 0)) != nil }

    var isUnderWay: Bool { schedule.isUnderWay }

    /// Whether to look up now; then it is under way.
    mutating func begins(now: ContinuousClock.Instant) -> Bool { fixed == nil && schedule.begins(now: now) }

    mutating func ended(now: ContinuousClock.Instant, succeeded: Bool) { schedule.ended(now: now, succeeded: succeeded) }

    mutating func connectionFailed() { schedule.connectionFailed() }

    /// All addresses, or the first failure: half an answer would take servers away that are there.
    func lookUp(_ configuration: RPCClient.Configuration) async -> Result<[RPCClient.Address], NameUnresolved> {
        var found: [RPCClient.Address] = []
        for address in configuration.addresses {
            if Self.isNumeric(address.host) {
                found.append(address)
                continue
            }
            do throws(NameUnresolved) {
                let hosts = try await configuration.names.addresses(of: address.host)
                guard !hosts.isEmpty else { throw NameUnresolved(host: address.host, problem: "it has no address") }
                found += hosts.map { RPCClient.Address(host: $0, port: address.port) }
            } catch {
                return .failure(error)
            }
        }
        return .success(found)
    }
}
