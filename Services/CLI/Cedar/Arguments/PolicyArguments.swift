internal import ArgumentParser
internal import Cedar
internal import JSON

/// Which policies a command is about.
struct PolicyArguments: ParsableArguments {
    enum Format: String, ExpressibleByArgument, CaseIterable { case cedar, json }

    @Option(name: .shortAndLong, help: "File with policies and templates; the standard input where it is not given.")
    var policies: String?

    @Option(help: "Format of the policies.")
    var policyFormat: Format = .cedar

    @Option(name: [.customShort("k"), .long], help: "File with links: [{\"template_id\", \"link_id\", \"args\": {\"?principal\": …}}].")
    var templateLinked: String?

    func policySet() throws -> PolicySet {
        let set: PolicySet
        do {
            switch policyFormat {
            case .cedar: set = try PolicySet(parsing: CedarDocument.text(policies))
            case .json: set = try PolicySet(json: CedarDocument.json(policies))
            }
        } catch let error as PolicySyntaxError {
            throw CedarFailure(error.diagnostics.map { "\(policies ?? "the input"): \($0)" }.joined(separator: "\n"))
        }
        guard let templateLinked else { return set }
        return try set.linking(Self.links(CedarDocument.json(templateLinked)))
    }

    private static func links(_ json: JSONValue) throws -> [PolicySet.Link] {
        guard let list = json.arrayValue else { throw CedarFailure("links are an array") }
        return try list.enumerated().map { index, link in
            guard let template = link["template_id"]?.stringValue, let id = link["link_id"]?.stringValue, let given = link["args"]?.objectValue
            else { throw CedarFailure("link \(index) has no template_id, link_id or args") }
            var values: [Slot: EntityUID] = [:]
            for (name, uid) in given {
                guard let slot = Slot(rawValue: name), let text = uid.stringValue else {
                    throw CedarFailure("link \(index): there is no slot \(name)")
                }
                values[slot] = try EntityUID(parsing: text)
            }
            return PolicySet.Link(template: PolicyID(template), id: PolicyID(id), values: values)
        }
    }
}
