internal import CEL
public import JSON
internal import Trust

/// What a parser or validator says about a document: the document, where it could be read, and everything that is wrong with it.
public struct FlowReading: Sendable {
    /// Nil where the document has errors.
    public var document: FlowDocument?
    public var problems: [FlowProblem]

    public init(document: FlowDocument?, problems: [FlowProblem]) {
        self.document = document
        self.problems = problems
    }
}

/// Reads a flow document. Never stops at the first fault: an author repairs all of them in one go.
public enum FlowParser {
    public static let maximumNodes = 1_000

    /// - Parameters:
    ///   - engine: What the document may use; everything, for a draft.
    ///   - requirements: What it must meet to be published; nil for a version that is.
    public static func parse(
        _ source: JSONValue, catalogue: OperationCatalogue? = nil, engine: EngineSupport = .current, requirements: PublishRequirements? = nil
    ) -> FlowReading {
        guard let members = source.objectValue else {
            return FlowReading(
                document: nil,
                problems: [FlowProblem(pointer: "", "a flow document is an object", fix: "begin with {\"schema\": \"\(FlowDocument.schema)\", …}")])
        }
        var reader = FieldReader(members, at: "")
        let header = header(&reader)
        let (nodes, ids, failed) = nodes(&reader)
        let agreements = AgreementParser.parse(&reader, nodes: nodes)
        reader.refuseUnknownFields()
        var problems = reader.problems
        let checker = FlowChecker(
            nodes: nodes, ids: ids, isComplete: !failed, portsAreWhole: !problems.contains { $0.pointer.contains("/on/") }, catalogue: catalogue,
            requirements: requirements, deadline: members["deadline"]?.stringValue.flatMap(FlowDuration.init))
        problems += checker.problems()
        problems += engine.problems(nodes) { id in ids[id].map { "/nodes/\($0)" } ?? "/nodes" }
        guard !problems.hasErrors, let header else { return FlowReading(document: nil, problems: problems) }
        do throws(JSONError) {
            let document = FlowDocument(
                name: header.name, title: header.title, description: header.description, deadline: header.deadline, agreements: agreements,
                nodes: nodes, source: source, versionID: try FlowDocument.versionID(of: source))
            return FlowReading(document: document, problems: problems)
        } catch {
            return FlowReading(
                document: nil,
                problems: problems + [FlowProblem(pointer: "", "the document has no canonical form: \(error.reason)", fix: "change that value")])
        }
    }

    private struct Header {
        var name: String
        var title: String
        var description: String
        var deadline: FlowDuration?
    }

    private static func header(_ reader: inout FieldReader) -> Header? {
        let schema = reader.string("schema", fix: "write \"schema\": \"\(FlowDocument.schema)\"")
        if let schema, schema != FlowDocument.schema {
            reader.report("'\(schema)' is not a schema of this engine", at: "schema", fix: "write \"\(FlowDocument.schema)\"")
        }
        let name = reader.string("name", fix: "give the flow a name, for example \"incident-response\"")
        if let name, !name.isFlowName {
            reader.report(
                "'\(name)' is no flow name", at: "name", fix: "use up to 63 lower-case letters, digits and hyphens, beginning with a letter")
        }
        let title = reader.string("title", fix: "give the flow a title that people read")
        let description = reader.optionalString("description") ?? ""
        let deadline = reader.duration("deadline", example: "24h")
        _ = reader.optionalObject("layout", fix: "an object of your editor's own; it changes nothing about the meaning")
        guard let name, let title, schema == FlowDocument.schema else { return nil }
        return Header(name: name, title: title, description: description, deadline: deadline)
    }

    private static func nodes(_ reader: inout FieldReader) -> (nodes: [FlowNode], ids: [String: Int], failed: Bool) {
        guard let values = reader.value("nodes")?.arrayValue, !values.isEmpty else {
            reader.report(
                "'nodes' must be a list with at least a trigger and an end", at: "nodes",
                fix: "write \"nodes\": [{\"id\": \"start\", \"type\": \"trigger\", …}, …]")
            return ([], [:], true)
        }
        guard values.count <= maximumNodes else {
            reader.report("a flow has at most \(maximumNodes) nodes", at: "nodes", fix: "split it into several flows")
            return ([], [:], true)
        }
        var nodes: [FlowNode] = []
        var ids: [String: Int] = [:]
        var problems: [FlowProblem] = []
        for (index, value) in values.enumerated() {
            guard let members = value.objectValue else {
                problems.append(FlowProblem(pointer: "/nodes/\(index)", "a node is an object", fix: "write {\"id\": \"…\", \"type\": \"…\"}"))
                continue
            }
            let (node, id, found) = NodeParser.parse(members, at: "/nodes/\(index)")
            problems += found
            if let node { nodes.append(node) }
            guard let id else { continue }
            if let first = ids[id] {
                problems.append(
                    FlowProblem(
                        node: id, port: "id", pointer: "/nodes/\(index)/id", "node \(first + 1) has this id already", fix: "choose another id"))
            } else {
                ids[id] = index
            }
        }
        for problem in problems { reader.add(problem) }
        return (nodes, ids, nodes.count != values.count)
    }
}
