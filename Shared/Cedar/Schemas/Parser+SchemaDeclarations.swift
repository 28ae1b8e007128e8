extension Parser {
    /// `'entity' Idents ['in' Paths] [['='] Record] ['tags' Type]`, or `'entity' Idents 'enum' '[' Strings ']'`.
    mutating func parseEntityTypes(_ annotations: SchemaAnnotations) throws(SyntaxDiagnostic) -> [SchemaFragment.EntityType] {
        var names = [try parseEntityTypeName()]
        while consume(.comma) { names.append(try parseEntityTypeName()) }
        var parents: [SchemaName] = []
        var shape = SchemaType.record([])
        var tags: SchemaType?
        var ids: [Text]?
        if consume(word: "enum") {
            ids = try parseIDs()
        } else {
            if consume(.in) { parents = try parsePaths(mayBeEmpty: true) }
            if consume(.assign) || peek.kind == .leftBrace { shape = try parseRecordType() }
            if consume(word: "tags") { tags = try parseSchemaType() }
        }
        if peek.kind != .semicolon { throw unexpected(ids == nil ? "`in`, `{`, `tags` or `;`" : "`;`") }
        return names.map { .init(name: $0, annotations: annotations, parents: parents, shape: shape, tags: tags, ids: ids) }
    }

    private mutating func parseEntityTypeName() throws(SyntaxDiagnostic) -> SchemaName {
        let name = try parseSchemaIdentifier("the name of an entity type")
        try refuseReserved(name)
        return name
    }

    private mutating func parseIDs() throws(SyntaxDiagnostic) -> [Text] {
        try expect(.leftBracket, "`[`")
        var ids: [Text] = []
        repeat { ids.append(try unescaped(try expect(.string, "an id in quotes"))) } while consume(.comma)
        try expect(.rightBracket, "`,` or `]`")
        return ids
    }

    /// `Paths := Path | '[' [Path {',' Path}] ']'`
    mutating func parsePaths(mayBeEmpty: Bool) throws(SyntaxDiagnostic) -> [SchemaName] {
        guard consume(.leftBracket) else { return [try parseSchemaPath()] }
        if mayBeEmpty, consume(.rightBracket) { return [] }
        var paths: [SchemaName] = []
        repeat { paths.append(try parseSchemaPath()) } while consume(.comma)
        try expect(.rightBracket, "`,` or `]`")
        return paths
    }

    /// `'action' Names ['in' References] ['appliesTo' '{' … '}'] ['attributes' '{' '}']`
    mutating func parseActions(_ annotations: SchemaAnnotations) throws(SyntaxDiagnostic) -> [SchemaFragment.Action] {
        var names = [try parseSchemaName("the name of an action")]
        while consume(.comma) { names.append(try parseSchemaName("the name of an action")) }
        var parents: [SchemaFragment.ActionReference] = []
        if consume(.in) {
            if consume(.leftBracket) {
                repeat { parents.append(try parseActionReference()) } while consume(.comma)
                try expect(.rightBracket, "`,` or `]`")
            } else {
                parents = [try parseActionReference()]
            }
        }
        let appliesTo = consume(word: "appliesTo") ? try parseAppliesTo(of: names[0]) : nil
        if consume(word: "attributes") {
            try expect(.leftBrace, "`{`")
            try expect(.rightBrace, "`}`", suggestion: "actions have no attributes")
        }
        if peek.kind != .semicolon { throw unexpected("`in`, `appliesTo` or `;`") }
        return names.map { .init(name: $0, annotations: annotations, parents: parents, appliesTo: appliesTo) }
    }

    /// An action of the same namespace by its name, or one with its type.
    private mutating func parseActionReference() throws(SyntaxDiagnostic) -> SchemaFragment.ActionReference {
        guard peek.kind == .identifier, peek(1).kind == .doubleColon else {
            return .init(type: nil, id: try parseSchemaName("the name of an action"))
        }
        let type = try parseSchemaPath()
        try expect(.doubleColon, "`::` and the id of an action in quotes")
        let id = try expect(.string, "the id of an action in quotes")
        return .init(type: type, id: SchemaName(try unescaped(id), .span(span(of: type).joined(to: id.span))))
    }

    private mutating func parseAppliesTo(of action: SchemaName) throws(SyntaxDiagnostic) -> SchemaFragment.AppliesTo {
        let parts = ["principal", "resource", "context"]
        var applies = SchemaFragment.AppliesTo()
        var seen: Set<String> = []
        try expect(.leftBrace, "`{`")
        repeat {
            if !seen.isEmpty, peek.kind == .rightBrace { break }
            let key = try expect(.identifier, "`principal`, `resource` or `context`")
            let part = source[key.span]
            guard parts.contains(part) else {
                let near = Spelling.nearest(to: part, in: parts).map { "did you mean `\($0)`?" }
                throw fault("expected `principal`, `resource` or `context`, found `\(part)`", key.span, suggestion: near)
            }
            guard seen.insert(part).inserted else { throw fault("`\(part)` is given twice for the action \(action.text.quoted)", key.span) }
            try expect(.colon, "`:`")
            switch part {
            case "principal": applies.principals = try parsePaths(mayBeEmpty: false)
            case "resource": applies.resources = try parsePaths(mayBeEmpty: false)
            default: applies.context = peek.kind == .leftBrace ? try parseRecordType() : .common(try parseSchemaPath())
            }
        } while consume(.comma)
        try expect(.rightBrace, "`,` or `}`")
        for part in parts.prefix(2) where !seen.contains(part) {
            throw fault(
                "the action \(action.text.quoted) does not say to which \(part)s it applies", span(of: action), suggestion: "add `\(part): [Type]`")
        }
        return applies
    }
}
