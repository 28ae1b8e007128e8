internal import Identity

/// Which of two places an instance of a service has: during a restart both are taken, and the new one takes over from the old.
enum DevSlot: String, Sendable {
    case first = "1"
    case second = "2"

    var other: DevSlot { self == .first ? .second : .first }

    /// A name and a port for probes of its own; all other ports are shared.
    func environment(_ service: ServiceName, _ ports: DevPorts) -> [String: String] {
        ["PROVABLE_SERVICE_INSTANCE": "\(service)-\(rawValue)", "PROVABLE_HEALTH_PORT": "\(ports.health(service, self))"]
    }
}

extension DevLayout {
    func slot(of service: ServiceName) -> DevSlot { read("pids/\(service).slot").flatMap { DevSlot(rawValue: $0) } ?? .first }
    func remember(_ slot: DevSlot, of service: ServiceName) throws { try write(slot.rawValue, to: "pids/\(service).slot") }
    /// Of the instance that has taken over.
    func healthPort(_ service: ServiceName) -> LoopbackPort { LoopbackPort(number: ports.health(service, slot(of: service))) }
}
