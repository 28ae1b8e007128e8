internal import ArgumentParser

/// Flow documents from the command line, without a server.
struct FlowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "flow", abstract: "Validate, import, compare and try flow documents.",
        subcommands: [FlowValidateCommand.self, FlowImportCommand.self, FlowDiffCommand.self, FlowRunCommand.self])
}
