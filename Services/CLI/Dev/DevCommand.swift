internal import ArgumentParser

/// `provable dev …`: the whole platform on this machine, on loopback only.
struct DevCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dev",
        abstract: "Run the whole platform on this machine, for development.",
        discussion: """
            All state stands in one folder: keys, configuration, data, logs and the ids of the processes. Every port is on loopback; \
            `--port-offset` moves all of them, so that a second platform can run beside the first.
            """,
        subcommands: [DevUpCommand.self, DevDownCommand.self, DevStatusCommand.self, DevRestartCommand.self])
}

struct DevOptions: ParsableArguments {
    @Option(help: "The folder that holds all state.")
    var state = ".provable"

    @Option(help: "The folder of the source tree; by default the one that this command was built in.")
    var checkout: String?

    func layout(portOffset: Int = 0) throws -> DevLayout {
        try DevLayout(state: state, checkout: checkout, portOffset: portOffset)
    }
}
