internal import JSON

/// Who must approve: `role`, `persons` and `quorum` are the first stage, `then` lists the ones after it.
extension NodeParser {
    private static let mostPeople: Int64 = 20
    private static let mostStages = 10

    mutating func plan() -> ApprovalPlan? {
        let first = Self.stage(&reader)
        let rejections = reader.integer("rejections", in: 1...Self.mostPeople) ?? 1
        var stages = [first].compactMap(\.self)
        let later = reader.value("then")
        if let later, later.arrayValue.map({ !(1..<Self.mostStages).contains($0.count) }) ?? true {
            reader.report(
                "'then' must list 1 to \(Self.mostStages - 1) further stages", at: "then",
                fix: "write \"then\": [{\"role\": \"security\", \"quorum\": 1}]")
        }
        for (index, value) in (later?.arrayValue ?? []).prefix(Self.mostStages).enumerated() {
            guard let members = value.objectValue else {
                reader.report("a stage must be an object", at: "then", fix: "write {\"role\": \"security\", \"quorum\": 1}")
                continue
            }
            var fields = FieldReader(members, at: "\(reader.at("then"))/\(index)", node: reader.node)
            if let stage = Self.stage(&fields) { stages.append(stage) }
            fields.refuseUnknownFields()
            reader.merge(fields)
        }
        for stage in stages where !stage.persons.isEmpty && rejections > stage.persons.count - stage.quorum + 1 {
            reader.report(
                "with \(stage.persons.count) people of '\(stage.role)' a quorum of \(stage.quorum) is out of reach before \(rejections) have rejected",
                at: "rejections", fix: "write \"rejections\": \(max(1, stage.persons.count - stage.quorum + 1))")
        }
        return ApprovalPlan(stages: stages, rejections: rejections)
    }

    private static func stage(_ fields: inout FieldReader) -> ApprovalPlan.Stage? {
        let role = fields.string("role", fix: "name the role that may approve, for example \"on-call\"")
        let quorum = fields.integer("quorum", in: 1...mostPeople) ?? 1
        let value = fields.value("persons")
        let persons = value?.arrayValue?.compactMap(\.stringValue) ?? []
        if let value, persons.isEmpty || persons.count != value.arrayValue?.count || Set(persons.map { $0.lowercased() }).count != persons.count {
            fields.report("'persons' must list different people", at: "persons", fix: "write \"persons\": [\"dana@acme.example\"], or leave it out")
        } else if value != nil, persons.count < quorum {
            fields.report(
                "\(quorum) of \(persons.count) people cannot approve", at: "quorum", fix: "write \"quorum\": \(persons.count) or name more people")
        }
        return role.map { ApprovalPlan.Stage(role: $0, persons: persons, quorum: quorum) }
    }
}
