internal import JSON

/// The languages that definitions come in.
public enum ImportFormat: String, Sendable, CaseIterable {
    case statesLanguage = "asl"
    case serverlessWorkflow = "serverless-workflow"
    case bpmn
}

/// Reads a definition of another language, whatever it is written in.
public enum FlowImporter {
    /// - Parameters:
    ///   - format: Nil to tell by what is in it.
    ///   - name: Of the flow where the definition has none.
    ///   - process: Of a BPMN file with several, the id or name of the one to import.
    public static func importing(
        _ bytes: [UInt8], format: ImportFormat? = nil, name: String, process: String? = nil, limits: SourceLimits = .definition
    ) throws(SourceFault) -> ImportedFlow {
        let first = bytes.first { !" \t\r\n\u{FEFF}".utf8.contains($0) }
        if format == .bpmn || (format == nil && first == UInt8(ascii: "<")) {
            return BPMN.importing(try XMLTree.parse(bytes, limits), name: name, process: process)
        }
        let source = try SourceText(parsing: bytes, limits: limits)
        switch format ?? detected(source.value) {
        case .statesLanguage: return StatesLanguage.importing(source.value, name: name, lines: source.lines)
        case .serverlessWorkflow: return ServerlessWorkflow.importing(source.value, name: name, lines: source.lines)
        case .bpmn, nil:
            throw SourceFault(
                "no language is known that begins like this",
                fix: "give --format: \(ImportFormat.allCases.map(\.rawValue).joined(separator: ", "))")
        }
    }

    private static func detected(_ value: JSONValue) -> ImportFormat? {
        if value["document"]?["dsl"] != nil || (value["document"] != nil && value["do"] != nil) { return .serverlessWorkflow }
        return value["States"] != nil || value["StartAt"] != nil ? .statesLanguage : nil
    }
}
