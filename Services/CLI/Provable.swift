internal import ArgumentParser

/// The operator's and the auditor's command.
@main
struct Provable: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "provable",
        abstract: "Verify what was done, and run the platform that proves it.",
        subcommands: [
            VerifyCommand.self,
            ConformanceCommand.self,
            CedarCommand.self,
            PolicyCommand.self,
            CELCommand.self,
            FlowCommand.self,
            PKICommand.self,
            DevCommand.self,
            MeshCommand.self,
            MigrateCommand.self,
            QueueCommand.self,
        ])
}
