internal import Cedar
internal import JSON

/// Decision, determining policies and erring policies of every request.
struct DecisionCheck: CaseCheck {
    let shapes: ShapesOfCase

    func differences(in test: CedarCase) throws -> [String] {
        let policies = try PolicySet(parsing: test.policyText, naming: .byPosition)
        let shapes = try shapes(test)
        let entities = try Entities(json: test.entitiesJSON, shapes: shapes)
        var lines: [String] = []
        for (index, request) in test.requests.enumerated() {
            guard let difference = try difference(request, policies, entities, shapes) else { continue }
            lines.append("request \(index): \(difference)")
        }
        return lines
    }

    private func difference(_ json: JSONValue, _ policies: PolicySet, _ entities: Entities, _ shapes: (any ValueShapes)?) throws -> String? {
        let action = try EntityUID(json: json["action"] ?? .null)
        let request = Request(
            principal: try EntityUID(json: json["principal"] ?? .null), action: action,
            resource: try EntityUID(json: json["resource"] ?? .null),
            context: try RecordValue(json: json["context"] ?? [:], shape: shapes?.context(of: action) ?? .any))
        let response = Authorizer.isAuthorized(request, policies, entities)
        let found = [[response.decision.rawValue], names(response.reasons), names(response.errors.map(\.policy))]
        let expected = [[json["decision"]?.stringValue ?? ""], names(json["reason"]), names(json["errors"])]
        guard found != expected else { return nil }
        return "expected \(expected), found \(found) \(response.errors.map(\.error.description))"
    }

    private func names(_ ids: [PolicyID]) -> [String] { ids.map(\.description).sorted() }
    private func names(_ json: JSONValue?) -> [String] { (json?.arrayValue ?? []).compactMap(\.stringValue).sorted() }
}
