internal import Cedar

/// A schema in both of its syntaxes says the same: the JSON that Cedar's own engine made of it, and the text of the case.
struct SchemaCheck: CaseCheck {
    let folder: CaseFolder

    func differences(in test: CedarCase) throws -> [String] {
        guard let json = try folder.document(of: test, ".cedarschema.json") else { return [] }
        let text = try Schema(parsing: test.schemaText)
        guard text.hasSameDefinitions(as: try Schema(json: json)) else { return ["its schema in JSON says something else"] }
        return []
    }
}
