/// `Schema := {Annotations ('namespace' Path '{' {Declaration} '}' | Declaration)}`, in Cedar's syntax of schemas.
///
/// The words of the syntax are no reserved ones: `entity type;` declares a type of that name.
extension Parser {
    mutating func parseSchema() throws(PolicySyntaxError) -> SchemaFragment {
        var fragment = SchemaFragment()
        var free = SchemaFragment.Namespace(name: SchemaName(""))
        while peek.kind != .end, !hasTooManyFaults {
            recovering { (parser) throws(SyntaxDiagnostic) in
                let annotations = try parser.parseSchemaAnnotations()
                guard parser.isWord("namespace") else { return try parser.parseDeclaration(annotations, into: &free) }
                parser.advance()
                fragment.namespaces.append(try parser.parseNamespace(annotations, after: fragment.namespaces))
            }
        }
        try refuse()
        if !free.isEmpty { fragment.namespaces.append(free) }
        return fragment
    }

    private mutating func parseNamespace(
        _ annotations: SchemaAnnotations, after others: [SchemaFragment.Namespace]
    ) throws(SyntaxDiagnostic) -> SchemaFragment.Namespace {
        let name = try parseSchemaPath()
        try refuseReserved(name)
        if others.contains(where: { $0.name == name }) { throw fault("the namespace `\(name)` is declared twice", span(of: name)) }
        var namespace = SchemaFragment.Namespace(name: name, annotations: annotations)
        try expect(.leftBrace, "`{`")
        while peek.kind != .rightBrace, peek.kind != .end, !hasTooManyFaults {
            recovering { (parser) throws(SyntaxDiagnostic) in
                try parser.parseDeclaration(try parser.parseSchemaAnnotations(), into: &namespace)
            }
        }
        try expect(.rightBrace, "`}`")
        return namespace
    }

    /// Runs `body`; after a fault the parser goes on behind the next `;`, so that one text tells all of its faults.
    private mutating func recovering(_ body: (inout Parser) throws(SyntaxDiagnostic) -> Void) {
        let start = position
        do throws(SyntaxDiagnostic) {
            try body(&self)
        } catch {
            depth = 0
            report(error, since: lower(ofToken: start))
            if position > start, previous.kind == .semicolon { return }
            while peek.kind != .end, advance().kind != .semicolon {}
        }
    }

    /// `Annotations := {'@' IDENT ['(' STRING ')']}`
    mutating func parseSchemaAnnotations() throws(SyntaxDiagnostic) -> SchemaAnnotations {
        var annotations = SchemaAnnotations()
        while consume(.at) {
            let name = try expect(.identifier, "the name of an annotation")
            var value: Text?
            if consume(.leftParen) {
                value = try unescaped(try expect(.string, "a string"))
                try expect(.rightParen, "`)`")
            }
            let key = source[name.span]
            if annotations.entries.contains(where: { $0.name == key }) { throw fault("the annotation @\(key) occurs twice", name.span) }
            annotations.entries.append(.init(name: key, value: value))
        }
        return annotations
    }

    private mutating func parseDeclaration(
        _ annotations: SchemaAnnotations, into namespace: inout SchemaFragment.Namespace
    ) throws(SyntaxDiagnostic) {
        if consume(word: "entity") {
            namespace.entities += try parseEntityTypes(annotations)
        } else if consume(word: "action") {
            namespace.actions += try parseActions(annotations)
        } else if consume(word: "type") {
            let name = try parseSchemaIdentifier("the name of a type")
            try refuseReserved(name)
            try expect(.assign, "`=`")
            namespace.common.append(.init(name: name, annotations: annotations, type: try parseSchemaType()))
        } else {
            // Namespaces do not stand in each other.
            let known = ["entity", "action", "type"] + (namespace.name.text == "" ? ["namespace"] : [])
            let near = peek.kind == .identifier ? Spelling.nearest(to: source[peek.span], in: known) : nil
            let words = known.map { "`\($0)`" }
            throw unexpected(
                "\(words.dropLast().joined(separator: ", ")) or \(words[words.count - 1])", suggestion: near.map { "did you mean `\($0)`?" })
        }
        try expect(.semicolon, "`;`", suggestion: peek.kind == .end ? "end the declaration with `;`" : nil)
    }

    // MARK: Names

    func isWord(_ word: String) -> Bool { peek.kind == .identifier && source[peek.span] == word }

    mutating func consume(word: String) -> Bool {
        guard isWord(word) else { return false }
        advance()
        return true
    }

    func span(of name: SchemaName) -> SourceSpan {
        guard case .span(let span) = name.place else { return peek.span }
        return span
    }

    /// An identifier that policies can write as well.
    mutating func parseSchemaIdentifier(_ expected: String) throws(SyntaxDiagnostic) -> SchemaName {
        let token = try expect(.identifier, expected)
        guard !token.word.isReserved else {
            throw fault(
                "`\(source[token.span])` is a reserved word", token.span, suggestion: "attributes and actions may be named \"\(source[token.span])\"")
        }
        return SchemaName(Text(source[token.span]), .span(token.span))
    }

    /// `Path := IDENT {'::' IDENT}`
    mutating func parseSchemaPath() throws(SyntaxDiagnostic) -> SchemaName {
        let first = try parseSchemaIdentifier("a name")
        guard peek.kind == .doubleColon, peek(1).kind == .identifier else { return first }
        var path = first.text.string
        while peek.kind == .doubleColon, peek(1).kind == .identifier {
            advance()
            path += "::\(try parseSchemaIdentifier("a name"))"
        }
        return SchemaName(Text(path), .span(span(of: first).joined(to: previous.span)))
    }

    /// `Name := IDENT | STRING`
    mutating func parseSchemaName(_ expected: String) throws(SyntaxDiagnostic) -> SchemaName {
        guard peek.kind == .string else { return try parseSchemaIdentifier(expected) }
        let token = advance()
        return SchemaName(try unescaped(token), .span(token.span))
    }

    func refuseReserved(_ name: SchemaName) throws(SyntaxDiagnostic) {
        guard SchemaNames.isReserved(name.text) else { return }
        throw fault("the name `\(TypeName.reservedNamespace)` is kept for Cedar itself", span(of: name))
    }
}

extension SchemaFragment.Namespace {
    var isEmpty: Bool { common.isEmpty && entities.isEmpty && actions.isEmpty }
}
