internal import ArgumentParser
internal import FoundationEssentials

/// `provable cedar test DIR`: the decisions of Cedar's own integration tests and of its generated corpus.
struct CedarConformanceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test", abstract: "Compare decisions, reasons and errors with Cedar's integration tests and corpus.")

    /// Printed at the most, so that one fault in common does not hide the summary.
    private static let shownMax = 40

    @Argument(help: "The folder that holds tests/ and sample-data/, or corpus-tests/.")
    var directory: String

    func run() throws {
        let report = try CedarConformance(root: URL(fileURLWithPath: directory)).run()
        for line in (report.unread + report.disagreements).prefix(Self.shownMax) { print("cedar: \(line)") }
        print(report.summary)
        guard report.isClean, report.cases > 0 else { throw ExitCode.failure }
    }
}

/// What the policy language can be asked from the command line.
struct CedarCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cedar", abstract: "The policy language.", subcommands: [CedarConformanceCommand.self])
}
