internal import ArgumentParser
internal import FoundationEssentials

/// `provable cel test DIR`: the simple tests of google/cel-spec.
struct CELTestCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test", abstract: "Run the simple tests of the language's specification that need no protobuf messages.",
        discussion: "Prints a line for each test that fails or is skipped, with the reason. Fails where a test fails or there is none.")

    @Argument(help: "The folder of the .textproto files.")
    var directory: String

    func run() throws {
        let report = try SimpleTestRun(folder: URL(fileURLWithPath: directory)).run { print($0) }
        print(report.summary)
        guard report.failed == 0, report.passed > 0 else { throw ExitCode.failure }
    }
}
