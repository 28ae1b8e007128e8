internal import ArgumentParser
internal import FlowEngineCore
internal import FlowImporting
internal import JSON
internal import Trust

/// `provable flow validate FILE`: what publishing would check, but for what only a server knows.
struct FlowValidateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "validate", abstract: "Check a flow document, JSON or YAML.",
        discussion: "Prints every problem with line, node and repair, and the version id of a document without errors. Fails where there is an error."
    )

    @Argument(help: "The document.")
    var file: String

    @Flag(name: .long, help: "Also refuse what the engine does not run yet, as publishing does.")
    var publish = false

    @Flag(name: .long, help: "Print JSON.")
    var json = false

    func run() throws {
        let source = try FlowFile(file).source()
        let reading = FlowParser.parse(source.value, engine: publish ? .current : .everything, requirements: publish ? PublishRequirements() : .draft)
        let hasErrors = reading.problems.hasErrors
        if json {
            print(report(reading, source.lines).encodedString())
        } else {
            for problem in reading.problems { print("\(file):\(source.lines.line(of: problem.pointer)): \(problem)") }
            if let document = reading.document {
                print("\(document.name): \(document.nodes.count) nodes, version \(document.versionID.hex)")
            }
        }
        guard !hasErrors else { throw ExitCode.failure }
    }

    private func report(_ reading: FlowReading, _ lines: SourceLines) -> JSONValue {
        let version = reading.document.map { JSONValue.string($0.versionID.hex) }
        return ["valid": .bool(reading.document != nil), "version": version ?? .null, "problems": .array(reading.problems.map { $0.json(lines) })]
    }
}

extension FlowProblem {
    func json(_ lines: SourceLines) -> JSONValue {
        [
            "severity": .string(severity.rawValue), "node": .string(node), "port": .string(port), "pointer": .string(pointer),
            "line": .int(Int64(lines.line(of: pointer))), "message": .string(message), "fix": .string(fix),
        ]
    }
}
