internal import FoundationEssentials
internal import Identity

/// The seven services and the vendor stubs as processes.
struct DevServices {
    static let stubs = "stubs"

    let layout: DevLayout
    let secrets: DevSecrets
    let table: ProcessTable

    static func successor(of service: ServiceName) -> String { "\(service).next" }

    func checkBuilt() throws {
        for name in DevPorts.services.map(\.rawValue) + [Self.stubs] {
            let path = layout.executable("provable-\(name)")
            guard FileManager.default.isExecutableFile(atPath: path) else { throw DevFailure("\(path) is not built: run `make build`") }
        }
    }

    /// As the owners of the databases, whose passwords no running service has.
    func migrate() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for service in DevPorts.services where table.running(service.rawValue) == nil {
                group.addTask {
                    let outcome = try await ChildProcess.run(
                        [layout.executable("provable-\(service)"), "--config", layout.config(service), "--migrate"],
                        adding: ["PROVABLE_POSTGRES_OWNER_PASSWORD": secrets[DevSecrets.database(service, "owner")]])
                    guard outcome.status == 0 else { throw DevFailure("cannot migrate the database of \(service): \(outcome.lastLine)") }
                }
            }
            try await group.waitForAll()
        }
    }

    /// The names of what was started.
    func start() throws -> [String] {
        var started: [String] = []
        if table.running(Self.stubs) == nil {
            try table.start(Self.stubs, [layout.executable("provable-stubs"), "--port", "\(layout.ports.stubs)"])
            started.append(Self.stubs)
        }
        for service in DevPorts.services where table.running(service.rawValue) == nil {
            try launch(service, as: service.rawValue, in: layout.slot(of: service))
            started.append(service.rawValue)
        }
        return started
    }

    func launch(_ service: ServiceName, as name: String, in slot: DevSlot) throws {
        try table.start(
            name, [layout.executable("provable-\(service)"), "--config", layout.config(service)],
            adding: slot.environment(service, layout.ports), log: service.rawValue)
    }

    func waitUntilReady(within time: Duration = .seconds(60)) async throws {
        let deadline = ContinuousClock.now + time
        for service in DevPorts.services {
            while true {
                let answer = layout.healthPort(service).get("/readyz")
                if answer?.status == 200 { break }
                guard table.running(service.rawValue) != nil else {
                    throw DevFailure("\(service) ended: \(table.lastLogLine(service.rawValue))")
                }
                guard ContinuousClock.now < deadline else {
                    throw DevFailure("\(service) is not ready (\(DevPlatform.complaint(answer))); its log is \(layout.log(service.rawValue))")
                }
                try await Task.sleep(for: .milliseconds(100))
            }
        }
    }

    /// The gateway first, so that nobody is let in any more; the ledger last, so that the others can still write to it.
    func stop() async throws -> [String] {
        var stopped: [String] = []
        let order: [ServiceName] = [.gateway, .copilot, .flowEngine, .connectors, .finops, .policy, .ledger]
        // One that a restart left behind, too.
        for name in order { try await table.stop(Self.successor(of: name)) }
        for name in order.map(\.rawValue) + [Self.stubs] where try await table.stop(name) { stopped.append(name) }
        return stopped
    }
}
