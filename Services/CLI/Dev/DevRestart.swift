internal import Identity

/// Replaces a running service without a gap: a second instance starts beside the first on the same ports, and only when it is ready is
/// the first told to end.
struct DevRestart {
    let layout: DevLayout
    let services: DevServices
    let table: ProcessTable

    /// Nobody is restarted before those that it needs.
    static let order: [ServiceName] = [.ledger, .policy, .finops, .connectors, .flowEngine, .copilot, .gateway]

    func restart(_ service: ServiceName) async throws {
        guard let old = table.running(service.rawValue) else { throw DevFailure("\(service) is not running; start it with `provable dev up`") }
        let started = ContinuousClock.now
        let successor = DevServices.successor(of: service)
        // One that an interrupted restart left behind.
        try await table.stop(successor)
        let slot = layout.slot(of: service).other
        try services.launch(service, as: successor, in: slot)
        do { try await waitUntilReady(service, successor, LoopbackPort(number: layout.ports.health(service, slot))) } catch {
            try await table.stop(successor)
            throw error
        }
        try await table.stop(service.rawValue, patience: .seconds(60))
        try table.rename(successor, to: service.rawValue)
        try layout.remember(slot, of: service)
        let new = table.running(service.rawValue)
        print("\(service): pid \(old.id) replaced by \(new.map { "\($0.id)" } ?? "nobody") in \((ContinuousClock.now - started) / .seconds(1)) s")
    }

    private func waitUntilReady(_ service: ServiceName, _ successor: String, _ health: LoopbackPort) async throws {
        let deadline = ContinuousClock.now + .seconds(60)
        while true {
            let answer = health.get("/readyz")
            if answer?.status == 200 { return }
            guard table.running(successor) != nil else { throw DevFailure("the new \(service) ended: \(table.lastLogLine(service.rawValue))") }
            guard ContinuousClock.now < deadline else {
                throw DevFailure("the new \(service) is \(DevPlatform.complaint(answer)); the old one goes on")
            }
            try await Task.sleep(for: .milliseconds(100))
        }
    }
}
