internal import ArgumentParser

/// Starts what is not running and leaves alone what is.
struct DevUpCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "up", abstract: "Set everything up and start what is not running; safe to repeat.")

    @OptionGroup var options: DevOptions

    @Option(help: "Added to every port.")
    var portOffset: Int = DevLayout.environmentOffset

    @Flag(help: "Do not set up the development tenants.")
    var withoutSeed = false

    func validate() throws {
        guard (0...40_000).contains(portOffset) else { throw ValidationError("--port-offset must be from 0 to 40000.") }
    }

    func run() async throws {
        do {
            let layout = try options.layout(portOffset: portOffset)
            let lock = try DevLock(layout)
            defer { lock.release() }
            try await DevPlatform(layout: layout).start(seeding: !withoutSeed)
        } catch let failure as DevFailure {
            complain(failure.description)
            throw ExitCode.failure
        }
    }
}
