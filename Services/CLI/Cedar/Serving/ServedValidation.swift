internal import Cedar
internal import JSON

/// What a schema has against policies, entities and requests; and the schema itself, written anew in both of its syntaxes.
struct ServedValidation {
    let question: ServedQuestion

    func answer() throws -> JSONValue {
        let schema = try Refusal.of("schema") { try read() }
        let policies = try question.linked(try Refusal.of("policies") { try PolicySet(parsing: question.text("policies"), naming: .byPosition) })
        let mode = question.json["mode"]?.stringValue.flatMap(ValidationMode.init) ?? .strict
        let level = question.json["level"]?.intValue.map(Int.init)
        let result = PolicyValidator(schema.resolved, mode: mode, level: level).validate(policies)
        let codes = Set(result.errors.map { "\($0.policy) \($0.code.rawValue)" }).sorted()
        return [
            "valid": .bool(result.isValid), "codes": .array(codes.map(JSONValue.string)),
            "findings": .array(result.findings.map { .string($0.description) }), "entities": entities(schema.resolved),
            "requests": .array((question.json["requests"]?.arrayValue ?? []).map { request($0, schema.resolved) }),
            "text": .string(try schema.fragment.cedarText()), "json": .string(schema.fragment.json.encodedString()),
            "resolved": .string(try schema.fragment.resolvingNames().json.encodedString()),
        ]
    }

    private func read() throws -> (resolved: Schema, fragment: SchemaFragment) {
        let text = question.text("schema")
        let fragment: SchemaFragment =
            question.json["format"] == "json"
            ? try SchemaFragment(parsingJSON: text, limits: ServedQuestion.documents) : try SchemaFragment(parsing: text)
        let schema = try Schema([fragment])
        if let other = question.json["same"]?.stringValue, !schema.hasSameDefinitions(as: try Schema(parsing: other)) {
            throw Refusal(part: "same", message: "the peer's writing of the schema says something else")
        }
        return (schema, fragment)
    }

    /// True, or what is wrong.
    private func entities(_ schema: Schema) -> JSONValue {
        do {
            let json = try JSONValue(parsing: question.text("entities"), limits: ServedQuestion.documents)
            let faults = schema.faults(in: try Entities(json: json, shapes: schema))
            return faults.isEmpty ? true : .string(faults[0].description)
        } catch {
            return .string("\(error)")
        }
    }

    private func request(_ json: JSONValue, _ schema: Schema) -> JSONValue {
        do {
            try schema.check(ServedQuestion.request(json, schema))
            return true
        } catch {
            return .string("\(error)")
        }
    }
}
