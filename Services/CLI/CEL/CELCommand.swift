internal import ArgumentParser

/// What the expression language can be asked from the command line.
struct CELCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cel", abstract: "The expression language.",
        subcommands: [CELEvalCommand.self, CELCheckCommand.self, CELTestCommand.self, CELServeCommand.self])
}
