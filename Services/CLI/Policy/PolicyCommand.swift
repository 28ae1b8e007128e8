internal import ArgumentParser

/// How policies come into force, and what they would have done.
struct PolicyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "policy", abstract: "Test, publish and put policies in force; replay drafts against what was decided.",
        subcommands: [
            PolicyTestCommand.self, PolicyPublishCommand.self, PolicyActivateCommand.self, PolicyRollbackCommand.self, PolicyApproveCommand.self,
            PolicyHistoryCommand.self, PolicyDiffCommand.self, PolicyReplayCommand.self, PolicyShadowCommand.self, PolicyProposalsCommand.self,
            PolicyDismissCommand.self, PolicySchemaCommand.self,
        ])
}
