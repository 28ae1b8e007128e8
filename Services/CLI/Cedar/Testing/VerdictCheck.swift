internal import Cedar
internal import FoundationEssentials
internal import JSON

/// Strict and permissive verdicts on each policy, request and entity, against those of Cedar's own engine: a file beside each case,
/// `{"policyValidation", "requestValidation", "entityValidation"}`.
struct VerdictCheck: CaseCheck {
    let folder: CaseFolder
    /// The schema as the case has it, or in its other syntax.
    let schema: (CedarCase) throws -> Schema

    func differences(in test: CedarCase) throws -> [String] {
        guard let expected = try folder.document(of: test, ".validation.json") else { return [] }
        let schema = try schema(test)
        return try policies(test, schema, expected) + requests(test, schema, expected) + entities(test, schema, expected)
    }

    private func policies(_ test: CedarCase, _ schema: Schema, _ expected: JSONValue) throws -> [String] {
        let set = try PolicySet(parsing: test.policyText, naming: .byPosition)
        var lines: [String] = []
        for mode in ValidationMode.allCases {
            let result = PolicyValidator(schema, mode: mode).validate(set)
            let part = expected["policyValidation"]
            if part?[mode.rawValue]?.boolValue != result.isValid {
                lines.append("\(mode): the policies are \(result.isValid ? "" : "not ")valid here, \(result.errors.map(\.description))")
            }
            for (name, verdict) in part?["perPolicy"]?.objectValue ?? [:] {
                let errors = result.errors.filter { $0.policy.description == name }
                guard verdict[mode.rawValue]?.boolValue != errors.isEmpty else { continue }
                lines.append("\(mode): \(name) is \(errors.isEmpty ? "" : "not ")valid here, \(errors.map(\.description))")
            }
            // The kinds of what is wrong, as far as the peer says them.
            let said = Set((part?["\(mode.rawValue)Errors"]?.arrayValue ?? []).compactMap(\.stringValue).map(PeerWords.code))
            let found = Set(result.errors.map(\.code.rawValue))
            if said != found { lines.append("\(mode): the peer says \(said.sorted()), here it is \(found.sorted())") }
        }
        return lines
    }

    private func requests(_ test: CedarCase, _ schema: Schema, _ expected: JSONValue) -> [String] {
        var lines: [String] = []
        for (index, verdict) in (expected["requestValidation"]?.arrayValue ?? []).enumerated() where index < test.requests.count {
            let fault = RequestVerdict.fault(of: test.requests[index], schema)
            for mode in ValidationMode.allCases where verdict[mode.rawValue].map({ $0.boolValue != (fault == nil) }) == true {
                lines.append("\(mode): request \(index) is \(fault == nil ? "" : "not ")valid here, \(fault ?? "")")
            }
        }
        return lines
    }

    private func entities(_ test: CedarCase, _ schema: Schema, _ expected: JSONValue) throws -> [String] {
        let part = expected["entityValidation"]
        let faults = schema.faults(in: try Entities(json: test.entitiesJSON, shapes: schema))
        var lines: [String] = []
        for (name, verdict) in part?["perEntity"]?.objectValue ?? [:] {
            let isValid = verdict.isValid ?? true
            let own = faults.filter { $0.entity.map { "\($0.type)::\($0.id)" } == name }
            if isValid != own.isEmpty { lines.append("the entity \(name) is \(own.isEmpty ? "" : "not ")valid here, \(own.map(\.description))") }
        }
        if let isValid = part?.isValid, isValid != faults.isEmpty {
            lines.append("the entities are \(faults.isEmpty ? "" : "not ")valid here, \(faults.map(\.description))")
        }
        return lines
    }
}

extension JSONValue {
    /// A verdict of either mode, or of none where it lists faults; nil where it says nothing.
    fileprivate var isValid: Bool? {
        if let strict = self["strict"]?.boolValue { return strict }
        for name in ["error", "errors", "strictErrors"] {
            if let list = self[name]?.arrayValue { return list.isEmpty }
            if let text = self[name]?.stringValue { return text.isEmpty }
        }
        return nil
    }
}

/// The kinds of faults, by how Cedar's own engine words them.
enum PeerWords {
    private static let codes: [(String, ValidationFinding.Code)] = [
        ("empty set literals are forbidden", .emptySet), ("error during extension function argument validation", .invalidArgument),
        ("are not compatible", .incompatibleTypes), ("unrecognized entity type", .unknownEntityType), ("unrecognized action", .unknownAction),
        ("unable to guarantee safety of access to tag", .unsafeTag), ("unable to find an applicable action", .noApplicableAction),
        ("wrong number of arguments", .argumentCount), ("unable to guarantee safety of access to optional attribute", .unsafeAttribute),
        ("extension constructors may not be called with non-literal", .constructorOfNoLiteral), ("unexpected type", .unexpectedType),
        ("not declared as a valid eid", .unknownID), ("tags are not allowed", .noTags), ("do not have tags", .noTags),
    ]

    static func code(_ message: String) -> String {
        if let code = codes.first(where: { message.contains($0.0) })?.1 { return code.rawValue }
        if message.contains("attribute"), message.contains("not found") { return ValidationFinding.Code.unknownAttribute.rawValue }
        return message
    }
}
