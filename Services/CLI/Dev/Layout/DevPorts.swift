internal import Identity

/// The ports of one platform, all on loopback.
struct DevPorts: Sendable, Hashable {
    static let services: [ServiceName] = [.gateway, .flowEngine, .policy, .ledger, .connectors, .finops, .copilot]

    let offset: Int
    let http: Int

    init(offset: Int, http: Int? = nil) {
        self.offset = offset
        self.http = http ?? 8080 + offset
    }

    /// As it is remembered: the offset and the port of HTTP.
    init?(text: String) {
        let parts = text.split(whereSeparator: \.isWhitespace).compactMap { Int($0) }
        guard parts.count == 2 else { return nil }
        self.init(offset: parts[0], http: parts[1])
    }

    var text: String { "\(offset) \(http)\n" }
    var postgres: Int { 15432 + offset }
    var redis: Int { 16379 + offset }
    var stubs: Int { 7301 + offset }

    func rpc(_ service: ServiceName) -> Int { 7101 + position(service) + offset }
    func health(_ service: ServiceName, _ slot: DevSlot = .first) -> Int { 7201 + position(service) + (slot == .first ? 0 : 10) + offset }

    private func position(_ service: ServiceName) -> Int { Self.services.firstIndex(of: service) ?? Self.services.count }
}
