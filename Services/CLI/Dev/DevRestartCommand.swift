internal import ArgumentParser
internal import Identity

/// A rolling restart, as a cluster does it: nobody who uses the platform meanwhile should notice.
struct DevRestartCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restart", abstract: "Replace running services by fresh processes, without a gap.",
        discussion: "Each new instance starts beside the old one and takes over when it is ready; the old one then finishes what it has.")

    @OptionGroup var options: DevOptions

    @Flag(help: "All services, one after another.")
    var rolling = false

    @Argument(help: "The services to restart, such as ledger.")
    var names: [String] = []

    func validate() throws {
        guard rolling != !names.isEmpty else { throw ValidationError("Name services, or say --rolling for all.") }
        let known = DevRestart.order.map(\.rawValue)
        for name in names where !known.contains(name) { throw ValidationError("\(name) is no service; there are \(known.joined(separator: ", ")).") }
    }

    func run() async throws {
        do {
            let layout = try options.layout()
            guard layout.exists else { throw DevFailure("nothing runs: \(layout.state) does not exist") }
            let lock = try DevLock(layout)
            defer { lock.release() }
            let table = ProcessTable(layout: layout)
            let secrets = try DevSecrets(layout)
            let services = DevServices(layout: layout, secrets: secrets, table: table)
            let restart = DevRestart(layout: layout, services: services, table: table)
            for service in rolling ? DevRestart.order : names.compactMap({ ServiceName(rawValue: $0) }) { try await restart.restart(service) }
            try DevConfiguration(layout: layout, secrets: secrets).writeSummary()
        } catch let failure as DevFailure {
            complain(failure.description)
            throw ExitCode.failure
        }
    }
}
