internal import ArgumentParser
internal import Cedar
internal import FoundationEssentials

/// `provable cedar test DIR`: the cases of Cedar's own integration tests and of its generated corpus.
struct CedarTestCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test", abstract: "Compare decisions, reasons, errors and validation with Cedar's integration tests and corpus.")

    @Argument(help: "The folder that the paths in the cases are relative to: it holds tests/ and sample-data/, or corpus-tests/.")
    var directory: String

    @Option(help: "Folder of verdicts, CASE.validation.json: strict and permissive, on each policy, request and entity.")
    var validation: String?

    @Option(help: "Folder of the schemas in JSON, CASE.cedarschema.json: they must say what those of the cases say.")
    var jsonSchemas: String?

    func run() throws {
        var checks: [any CaseCheck] = [
            DecisionCheck(shapes: { $0.schemaText.isEmpty ? nil : try Schema(parsing: $0.schemaText) }), ValidationCheck(),
        ]
        let verdicts = validation.map { CaseFolder(root: URL(fileURLWithPath: $0)) }
        let schemas = jsonSchemas.map { CaseFolder(root: URL(fileURLWithPath: $0)) }
        if let schemas { checks.append(SchemaCheck(folder: schemas)) }
        if let verdicts {
            checks.append(
                VerdictCheck(folder: verdicts) { test in
                    // Where there is JSON, the verdicts are those that it gives.
                    if let json = try schemas?.document(of: test, ".cedarschema.json") { return try Schema(json: json) }
                    return try Schema(parsing: test.schemaText)
                })
        }
        let report = try CedarTestRun(folder: CaseFolder(root: URL(fileURLWithPath: directory)), checks: checks).run { print($0) }
        print(report.summary)
        guard report.differences == 0, report.cases > 0 else { throw ExitCode.failure }
    }
}
