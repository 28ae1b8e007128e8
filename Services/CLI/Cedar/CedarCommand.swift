internal import ArgumentParser

/// What the policy language can be asked from the command line. Arguments are named as in Cedar's own command.
struct CedarCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cedar", abstract: "The policy language.",
        subcommands: [
            CedarAuthorizeCommand.self, CedarPartiallyAuthorizeCommand.self, CedarFilterCommand.self, CedarExplainCommand.self,
            CedarTranslateCommand.self, CedarFormatCommand.self, CedarTestCommand.self, CedarServeCommand.self, CedarSessionCommand.self,
            CedarValidateCommand.self, CedarTranslateSchemaCommand.self, CedarFormatSchemaCommand.self,
        ])
}
