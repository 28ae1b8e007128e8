internal import JSON

/// The languages that definitions come in.
public enum ImportFormat: String, Sendable, CaseIterable {
    case statesLanguage = "asl"
    case serverlessWorkflow = "serverless-workflow"
}

/// Reads a definition of another language, whatever it is written in.
public enum FlowImporter {
    /// - Parameters:
    ///   - format: Nil to tell by what is in it.
    ///   - name: Of the flow where the definition has none.
    public static func importing(
        _ bytes: [UInt8], format: ImportFormat? = nil, name: String, limits: SourceLimits = .definition
    ) throws(SourceFault) -> ImportedFlow {
        let source = try SourceText(parsing: bytes, limits: limits)
        switch format ?? detected(source.value) {
        case .statesLanguage: return StatesLanguage.importing(source.value, name: name, lines: source.lines)
        case .serverlessWorkflow: return ServerlessWorkflow.importing(source.value, name: name, lines: source.lines)
        case nil:
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
