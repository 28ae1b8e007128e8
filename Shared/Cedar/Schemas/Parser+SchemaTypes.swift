extension Parser {
    /// `Type := Path | 'Set' '<' Type '>' | Record`. It is parsed by recursion, so that its depth is limited.
    mutating func parseSchemaType() throws(SyntaxDiagnostic) -> SchemaType {
        if peek.kind == .leftBrace { return try parseRecordType() }
        guard isWord("Set"), peek(1).kind == .less else {
            if peek.kind != .identifier { throw unexpected("a type") }
            let name = try parseSchemaPath()
            if peek.kind == .less { throw unexpected("`;`", suggestion: "only `Set<…>` takes a type") }
            return .entityOrCommon(name)
        }
        try descend()
        advance()
        advance()
        let element = try parseSchemaType()
        try expect(.greater, "`>`")
        depth -= 1
        return .set(element)
    }

    /// `Record := '{' [Attribute {',' Attribute} [',']] '}'`, where `Attribute := Annotations Name ['?'] ':' Type`.
    mutating func parseRecordType() throws(SyntaxDiagnostic) -> SchemaType {
        try descend()
        try expect(.leftBrace, "`{`")
        var attributes: [SchemaType.Attribute] = []
        var places: [Text: Int] = [:]
        while peek.kind != .rightBrace {
            let annotations = try parseSchemaAnnotations()
            let name = try parseSchemaName("the name of an attribute")
            let isRequired = !consume(.question)
            try expect(.colon, "`:` and a type")
            let attribute = SchemaType.Attribute(name: name, annotations: annotations, isRequired: isRequired, type: try parseSchemaType())
            // As in Cedar, the last of two that have one name counts.
            if let place = places[name.text] {
                attributes[place] = attribute
            } else {
                places[name.text] = attributes.count
                attributes.append(attribute)
            }
            guard consume(.comma) else { break }
        }
        try expect(.rightBrace, "`,` or `}`")
        depth -= 1
        return .record(attributes)
    }

    private mutating func descend() throws(SyntaxDiagnostic) {
        depth += 1
        guard depth <= SchemaLimits.typeDepth else {
            throw fault("types are nested deeper than \(SchemaLimits.typeDepth) levels", peek.span, suggestion: "name the inner ones with `type`")
        }
    }
}

/// What a schema may cost at the most.
enum SchemaLimits {
    /// Types inside each other, as they are written.
    static let typeDepth = 100
    /// The same, where common types stand for what they name.
    static let resolvedDepth = 250
    /// Pairs of a type, or of an action, and one that it may be in.
    static let ancestors = 1 << 22
    /// Faults that are told.
    static let faults = 20
}
