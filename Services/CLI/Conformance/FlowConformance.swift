internal import ArgumentParser
internal import FlowEngineCore
internal import FlowImporting

/// Definitions of other languages: each valid one becomes a draft with its report, each invalid one is refused with its reason.
struct FlowConformance: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "flows", abstract: "Definitions of workflows in other languages.")

    @Argument(help: "The folder of the vectors, with a folder for each language.")
    var directory: String

    func run() throws {
        let folder = try VectorFolder(directory)
        var report = ConformanceReport("flows")
        for path in try folder.paths({ !$0.contains("LICENSE") && !$0.hasSuffix(".md") }) {
            let bytes = try folder.bytes(path)
            guard !bytes.isEmpty else {
                print("flows: \(path): the file is empty, and no definition")
                continue
            }
            report.record(path, difference(path, bytes))
        }
        try report.finish()
    }

    private func difference(_ path: String, _ bytes: [UInt8]) -> String? {
        let name = path.split(separator: "/").last.map(String.init) ?? path
        let isInvalid = name.hasPrefix("invalid-")
        let flow: ImportedFlow
        do throws(SourceFault) {
            flow = try FlowImporter.importing(
                bytes, format: path.split(separator: "/").first.flatMap { ImportFormat(rawValue: String($0)) }, name: "imported")
        } catch {
            return isInvalid ? nil : "refused: \(error)"
        }
        if isInvalid { return flow.report.refusals.isEmpty ? "was not refused" : nil }
        guard let document = flow.document else { return flow.report.refusals.map(\.description).joined(separator: "; ") }
        guard !flow.report.entries.isEmpty else { return "the report is empty" }
        // What stands for an expression that has no equal is to be refused, and nothing else.
        let faults = FlowParser.parse(document, engine: .everything, requirements: .draft).problems.filter {
            $0.severity == .error && !$0.message.contains("'unmapped'")
        }
        return faults.isEmpty ? nil : "the draft is faulty: \(faults.map(\.description).joined(separator: "; "))"
    }
}
