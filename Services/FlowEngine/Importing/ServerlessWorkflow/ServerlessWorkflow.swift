public import JSON

/// Definitions of the CNCF Serverless Workflow DSL 1.0.
public enum ServerlessWorkflow {
    /// - Parameter name: Of the flow where the definition has none.
    public static func importing(_ source: JSONValue, name: String, lines: SourceLines = [:]) -> ImportedFlow {
        var check = WorkflowCheck(journal: ImportJournal(lines: lines))
        check.workflow(source)
        guard !check.journal.isRefused else { return ImportedFlow(document: nil, report: check.journal.report) }
        var mapper = WorkflowMapper(journal: check.journal, source: source)
        let document = mapper.document(name: name)
        return ImportedFlow(document: document, report: mapper.journal.report)
    }
}
