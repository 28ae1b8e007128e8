internal import ArgumentParser
internal import FoundationEssentials

/// Stops what `up` started, and nothing else.
struct DevDownCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "down", abstract: "Stop what `up` started, and nothing else.")

    @OptionGroup var options: DevOptions

    @Flag(help: "Also delete all state: data, keys and logs.")
    var wipe = false

    func run() async throws {
        do {
            let layout = try options.layout()
            guard layout.exists else { return print("nothing runs: \(layout.state) does not exist") }
            let lock = try DevLock(layout)
            defer { lock.release() }
            try await DevPlatform(layout: layout).stop()
            if wipe { try layout.wipe() }
        } catch let failure as DevFailure {
            complain(failure.description)
            throw ExitCode.failure
        }
    }
}
