internal import Cedar
internal import JSON

/// Whether a case's policies are valid, and its requests: `shouldValidate` and `validateRequest`.
struct ValidationCheck: CaseCheck {
    func differences(in test: CedarCase) throws -> [String] {
        guard let expected = test.json["shouldValidate"]?.boolValue else { return [] }
        let schema = try Schema(parsing: test.schemaText)
        let result = PolicyValidator(schema).validate(try PolicySet(parsing: test.policyText, naming: .byPosition))
        var lines: [String] = []
        if result.isValid != expected {
            lines.append("the policies are \(expected ? "" : "not ")valid, found \(result.errors.map(\.description))")
        }
        for (index, json) in test.requests.enumerated() {
            guard json["validateRequest"]?.boolValue == true, let fault = RequestVerdict.fault(of: json, schema) else { continue }
            lines.append("request \(index): it is valid, found \(fault)")
        }
        return lines
    }
}

/// Whether a request of a case is one that a schema allows.
enum RequestVerdict {
    /// Nil where nothing is wrong.
    static func fault(of json: JSONValue, _ schema: Schema) -> String? {
        do {
            let action = try EntityUID(json: json["action"] ?? .null)
            try schema.check(
                Request(
                    principal: try EntityUID(json: json["principal"] ?? .null), action: action,
                    resource: try EntityUID(json: json["resource"] ?? .null),
                    context: try RecordValue(json: json["context"] ?? [:], shape: schema.context(of: action) ?? .any)))
            return nil
        } catch {
            return "\(error)"
        }
    }
}
