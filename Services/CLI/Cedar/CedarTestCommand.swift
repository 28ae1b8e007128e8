internal import ArgumentParser
internal import Cedar
internal import FoundationEssentials

/// `provable cedar test DIR`: the cases of Cedar's own integration tests and of its generated corpus.
struct CedarTestCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test", abstract: "Compare decisions, reasons and errors with Cedar's integration tests and corpus.")

    @Argument(help: "The folder that the paths in the cases are relative to: it holds tests/ and sample-data/, or corpus-tests/.")
    var directory: String

    func run() throws {
        let folder = CaseFolder(root: URL(fileURLWithPath: directory))
        let report = try CedarTestRun(
            folder: folder, checks: [DecisionCheck(shapes: { $0.schemaText.isEmpty ? nil : try Schema(parsing: $0.schemaText) })]
        ).run { print($0) }
        print(report.summary)
        guard report.differences == 0, report.cases > 0 else { throw ExitCode.failure }
    }
}
