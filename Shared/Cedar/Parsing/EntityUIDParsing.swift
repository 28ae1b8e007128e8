extension EntityUID {
    /// Reads an entity as it stands in a policy, such as `User::"alice"`.
    public init(parsing text: String) throws(PolicySyntaxError) {
        var parser = try Parser(SourceText(text), limits: .default)
        self = try parser.parseEntity()
    }
}

extension Parser {
    /// An entity and nothing else.
    fileprivate mutating func parseEntity() throws(PolicySyntaxError) -> EntityUID {
        try refuse()
        do throws(SyntaxDiagnostic) {
            let uid = try parseEntityReference()
            try expect(.end, "nothing behind the entity")
            return uid
        } catch {
            throw PolicySyntaxError(diagnostics: [error])
        }
    }
}
