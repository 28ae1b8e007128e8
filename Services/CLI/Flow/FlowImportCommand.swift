internal import ArgumentParser
internal import FlowEngineCore
internal import FlowImporting
internal import FoundationEssentials
internal import JSON

/// The languages, as they are named on the command line.
enum FormatArgument: String, ExpressibleByArgument, CaseIterable {
    case asl, bpmn
    case serverlessWorkflow = "serverless-workflow"

    var format: ImportFormat? { ImportFormat(rawValue: rawValue) }
}

/// `provable flow import FILE`: a draft of a flow, and the report of what became of everything in the definition.
struct FlowImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Make a flow document of a definition in another language.",
        discussion: """
            Prints the report: every part of the definition is mapped, mapped with a difference, or not mapped, with the reason. With --out the \
            document is written to a file; without it is printed after the report. Fails where the definition is refused.
            """)

    @Argument(help: "The definition: Amazon States Language (JSON), Serverless Workflow 1.0 (YAML or JSON) or BPMN 2.0 (XML).")
    var file: String

    @Option(name: .long, help: "The language; otherwise it is told by what is in the file.")
    var format: FormatArgument?

    @Option(name: .long, help: "The flow's name where the definition has none; otherwise the file's.")
    var name: String?

    @Option(name: .long, help: "Of a BPMN file with several processes, the id or name of the one to import.")
    var process: String?

    @Option(name: .long, help: "Where to write the document.")
    var out: String?

    @Flag(name: .long, help: "Print JSON: the report, the document, and what is wrong with it still.")
    var json = false

    func run() throws {
        let source = try FlowFile(file)
        let flow: ImportedFlow
        do throws(SourceFault) {
            flow = try FlowImporter.importing(source.bytes, format: format?.format, name: name ?? source.stem, process: process)
        } catch {
            throw FlowFault("\(file): \(error)")
        }
        let left = flow.document.map { FlowParser.parse($0, engine: .everything, requirements: .draft).problems } ?? []
        if json {
            print(machineReadable(flow, left).encodedString())
        } else {
            tell(flow, left)
        }
        if let out, let document = flow.document {
            guard FileManager.default.createFile(atPath: out, contents: Data((document.indented() + "\n").utf8)) else {
                throw FlowFault("\(out) cannot be written")
            }
        }
        guard flow.document != nil else { throw ExitCode.failure }
    }

    private func tell(_ flow: ImportedFlow, _ left: [FlowProblem]) {
        for refusal in flow.report.refusals { print(refusal) }
        guard let document = flow.document else { return }
        for entry in flow.report.entries { print(entry) }
        for problem in left { print("to do: \(problem)") }
        print(flow.report.summary + "; \(left.filter { $0.severity == .error }.count) to write by hand before it can be published")
        if out == nil { print(document.indented()) }
    }

    private func machineReadable(_ flow: ImportedFlow, _ left: [FlowProblem]) -> JSONValue {
        [
            "document": flow.document ?? .null,
            "entries": .array(
                flow.report.entries.map {
                    [
                        "outcome": .string($0.outcome.rawValue), "construct": .string($0.construct), "path": .string($0.path),
                        "line": .int(Int64($0.line)), "node": .string($0.node), "note": .string($0.note),
                    ]
                }),
            "refusals": .array(
                flow.report.refusals.map { ["path": .string($0.path), "line": .int(Int64($0.line)), "reason": .string($0.reason)] }),
            "problems": .array(left.map { $0.json([:]) }),
        ]
    }
}
