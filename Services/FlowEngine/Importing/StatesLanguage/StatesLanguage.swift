public import JSON

/// Definitions of the Amazon States Language.
public enum StatesLanguage {
    /// - Parameter name: Of the flow: a definition has none.
    public static func importing(_ source: JSONValue, name: String, lines: SourceLines = [:]) -> ImportedFlow {
        var check = StatesCheck(journal: ImportJournal(lines: lines))
        check.machine(source, at: "", isJSONata: false, depth: 0)
        guard !check.journal.isRefused, let members = source.objectValue else { return ImportedFlow(document: nil, report: check.journal.report) }
        var mapper = StatesMapper(journal: check.journal)
        let document = mapper.document(members, name: name)
        return ImportedFlow(document: document, report: mapper.journal.report)
    }
}
