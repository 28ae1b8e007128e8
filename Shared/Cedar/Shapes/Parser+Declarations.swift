extension Parser {
    /// `Schema := {'namespace' Path '{' {Declaration} '}' | Declaration}`, in Cedar's syntax of schemas.
    mutating func parseSchemaDeclarations() throws(PolicySyntaxError) -> SchemaDeclarations {
        try refuse()
        var found = SchemaDeclarations()
        do throws(SyntaxDiagnostic) {
            while peek.kind != .end {
                try skipAnnotations()
                if isWord("namespace") {
                    advance()
                    let name = try parsePath()
                    try expect(.leftBrace, "`{`")
                    while !consume(.rightBrace) {
                        try skipAnnotations()
                        try parseDeclaration(in: name, &found)
                    }
                } else {
                    try parseDeclaration(in: nil, &found)
                }
            }
        } catch {
            throw PolicySyntaxError(diagnostics: [error])
        }
        return found
    }

    private func isWord(_ word: String) -> Bool { peek.kind == .identifier && source[peek.span] == word }

    private mutating func consumeWord(_ word: String) -> Bool {
        guard isWord(word) else { return false }
        advance()
        return true
    }

    private mutating func skipAnnotations() throws(SyntaxDiagnostic) {
        while consume(.at) {
            try expect(.identifier, "the name of an annotation")
            guard consume(.leftParen) else { continue }
            try expect(.string, "a string")
            try expect(.rightParen, "`)`")
        }
    }

    private mutating func parseDeclaration(in namespace: Text?, _ found: inout SchemaDeclarations) throws(SyntaxDiagnostic) {
        if consumeWord("entity") {
            try parseEntityType(in: namespace, &found)
        } else if consumeWord("action") {
            try parseActionDeclaration(in: namespace, &found)
        } else if consumeWord("type") {
            let name = Text(try word())
            try expect(.assign, "`=`")
            found.common[SchemaDeclarations.qualified(name, namespace)] = .init(namespace: namespace, type: try parseType())
        } else {
            throw unexpected("`entity`, `action`, `type` or `namespace`")
        }
        try expect(.semicolon, "`;`")
    }

    /// `'entity' Names ['in' Paths] [['='] Record] ['tags' Type]`, or `… 'enum' '[' STRs ']'`.
    private mutating func parseEntityType(in namespace: Text?, _ found: inout SchemaDeclarations) throws(SyntaxDiagnostic) {
        var names = [Text(try word())]
        while consume(.comma) { names.append(Text(try word())) }
        var declared = SchemaDeclarations.EntityType(namespace: namespace)
        if consumeWord("enum") {
            try expect(.leftBracket, "`[`")
            _ = try list(until: .rightBracket, "`]`") { (parser) throws(SyntaxDiagnostic) in try parser.expect(.string, "a string") }
        } else {
            if consume(.in) { _ = try parsePaths() }
            let isAssigned = consume(.assign)
            if isAssigned || peek.kind == .leftBrace { declared.attributes = try parseType() }
            if consumeWord("tags") { declared.tags = try parseType() }
        }
        for name in names { found.entities[SchemaDeclarations.qualified(name, namespace)] = declared }
    }

    /// `'action' Names ['in' Refs] ['appliesTo' '{' … '}'] ['attributes' '{' '}']`
    private mutating func parseActionDeclaration(in namespace: Text?, _ found: inout SchemaDeclarations) throws(SyntaxDiagnostic) {
        let type = SchemaDeclarations.qualified("Action", namespace)
        var ids = [try parseActionName()]
        while consume(.comma) { ids.append(try parseActionName()) }
        var declared = SchemaDeclarations.Action(namespace: namespace)
        if consume(.in) {
            if consume(.leftBracket) {
                declared.parents = try list(until: .rightBracket, "`]`") { (parser) throws(SyntaxDiagnostic) in try parser.parseActionReference(type)
                }
            } else {
                declared.parents = [try parseActionReference(type)]
            }
        }
        if consumeWord("appliesTo") {
            try expect(.leftBrace, "`{`")
            _ = try list(until: .rightBrace, "`}`") { (parser) throws(SyntaxDiagnostic) in
                let part = try parser.word()
                try parser.expect(.colon, "`:`")
                if part == "context" { declared.context = try parser.parseType() } else { _ = try parser.parsePaths() }
            }
        }
        if consumeWord("attributes") { _ = try parseType() }
        for id in ids { found.actions[EntityUID(type: type, id: id)] = declared }
    }

    private mutating func parseActionName() throws(SyntaxDiagnostic) -> Text {
        peek.kind == .string ? try unescaped(advance()) : Text(try word())
    }

    /// An action by its name in the same namespace, or with its type.
    private mutating func parseActionReference(_ type: Text) throws(SyntaxDiagnostic) -> EntityUID {
        if peek.kind == .string { return EntityUID(type: type, id: try unescaped(advance())) }
        var parts = [try word()]
        while consume(.doubleColon) {
            if peek.kind == .string { return EntityUID(type: Text(parts.joined(separator: "::")), id: try unescaped(advance())) }
            parts.append(try word())
        }
        return EntityUID(type: type, id: Text(parts.joined(separator: "::")))
    }

    /// `Type := 'Set' '<' Type '>' | '{' Attributes '}' | Path`
    private mutating func parseType() throws(SyntaxDiagnostic) -> SchemaDeclarations.Written {
        depth += 1
        defer { depth -= 1 }
        guard depth < Self.typeDepthMax else { throw fault("types are nested deeper than \(Self.typeDepthMax) levels", peek.span) }
        if isWord("Set"), peek(1).kind == .less {
            advance()
            advance()
            let element = try parseType()
            try expect(.greater, "`>`")
            return .set(element)
        }
        guard consume(.leftBrace) else { return .name(try parsePath()) }
        return .record(
            try list(until: .rightBrace, "`}`") { (parser) throws(SyntaxDiagnostic) in
                try parser.skipAnnotations()
                let name = parser.peek.kind == .string ? try parser.unescaped(parser.advance()) : Text(try parser.word())
                _ = parser.consume(.question)
                try parser.expect(.colon, "`:`")
                return (name, try parser.parseType())
            })
    }

    private static let typeDepthMax = 60

    private mutating func parsePaths() throws(SyntaxDiagnostic) -> [Text] {
        guard consume(.leftBracket) else { return [try parsePath()] }
        return try list(until: .rightBracket, "`]`") { (parser) throws(SyntaxDiagnostic) in try parser.parsePath() }
    }

    private mutating func parsePath() throws(SyntaxDiagnostic) -> Text {
        var parts = [try word()]
        while consume(.doubleColon) { parts.append(try word()) }
        return Text(parts.joined(separator: "::"))
    }

    /// Any identifier: the words of policies are not reserved in schemas.
    private mutating func word() throws(SyntaxDiagnostic) -> String { source[try expect(.identifier, "a name").span] }
}
