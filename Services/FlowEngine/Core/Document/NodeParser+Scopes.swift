internal import JSON

extension NodeParser {
    mutating func parallel() -> ParallelNode? {
        let branches = parallelBranches()
        let needed = reader.integer("needed", in: 1...Int64(max(1, branches?.count ?? ParallelNode.branchesMax)))
        let timeout = reader.duration("timeout", example: "4h")
        guard let on = timedPorts(ParallelNode.ports, timeout), let branches else { return nil }
        return ParallelNode(branches: branches, needed: needed ?? branches.count, timeout: timeout, on: on)
    }

    private mutating func parallelBranches() -> [ParallelNode.Branch]? {
        let example = "write \"branches\": [{\"next\": \"…\"}, {\"next\": \"…\"}]; each leads back here when it is done"
        guard let values = reader.value("branches")?.arrayValue, !values.isEmpty, values.count <= ParallelNode.branchesMax else {
            reader.report("'branches' must be a list of 1 to \(ParallelNode.branchesMax) branches", at: "branches", fix: example)
            return nil
        }
        var branches: [ParallelNode.Branch] = []
        for (index, value) in values.enumerated() {
            guard let members = value.objectValue else {
                reader.report("branch \(index + 1) must be an object", at: "branches", fix: example)
                continue
            }
            var fields = FieldReader(members, at: "\(reader.at("branches"))/\(index)", node: reader.node)
            let title = fields.optionalString("title") ?? ""
            let next = fields.target("next")
            fields.refuseUnknownFields()
            reader.merge(fields)
            if let next { branches.append(ParallelNode.Branch(title: title, next: next)) }
        }
        return branches.count == values.count ? branches : nil
    }

    mutating func each() -> EachNode? {
        let items = list("items")
        let name = reader.optionalString("as") ?? "item"
        if !name.isNodeID || Scope.names.contains(name) || name == "vars" || name == "event" {
            reader.report("'\(name)' cannot name the element", at: "as", fix: "use lower-case letters, digits and _, for example \"order\"")
        }
        let body = reader.target("do")
        let concurrency = reader.integer("concurrency", in: 1...Int64(EachNode.concurrencyMax)) ?? 1
        let timeout = reader.duration("timeout", example: "4h")
        guard let on = timedPorts(EachNode.ports, timeout), let items, let body else { return nil }
        return EachNode(items: items, itemName: name, body: body, concurrency: concurrency, timeout: timeout, on: on)
    }

    /// A list, or one expression that gives one.
    private mutating func list(_ field: String) -> Template? {
        guard let value = reader.value(field) else {
            reader.report("'\(field)' is missing", at: field, fix: "say what to go through: \"\(field)\": \"${trigger.\(field)}\"")
            return nil
        }
        let isExpression = value.stringValue.map { $0.hasPrefix("${") && $0.hasSuffix("}") } ?? false
        guard isExpression || value.arrayValue != nil else {
            reader.report("'\(field)' must be a list or one expression", at: field, fix: "write \"\(field)\": \"${trigger.\(field)}\"")
            return nil
        }
        return reader.template(field)
    }

    /// A limit has a port, and there is no port without a limit.
    mutating func timedPorts(_ required: [String], _ timeout: FlowDuration?, optional: [String] = []) -> FlowPorts? {
        reader.ports(required: timeout == nil ? required : required + ["timeout"], optional: optional)
    }
}
