public import JSON

/// What stands in for the world in a trial: by node, what connectors, people, events, policy and other flows answer.
public struct TrialAnswers: Sendable {
    public struct Malformed: Error, Hashable, Sendable, CustomStringConvertible {
        public var description: String
    }

    /// What a run is started with.
    public var trigger: JSONValue
    public var startedBy: String
    /// In the order of the visits or attempts; the last one answers every further one.
    private var answers: [String: [JSONObject]] = [:]
    private var asked: [String: Int] = [:]

    private static let fields: Set<String> = ["output", "error", "decision", "by", "comment", "answer", "event", "timeout", "denied", "after"]

    /// - Throws: For a field that answers nothing, or a node that the document does not have.
    public init(_ source: JSONValue, for document: FlowDocument) throws(Malformed) {
        guard let members = source.objectValue else { throw Malformed(description: "the answers are an object: {\"trigger\": …, \"nodes\": {…}}") }
        for field in members.keys where !["trigger", "started_by", "nodes"].contains(field) {
            throw Malformed(description: "'\(field)' is no field of the answers; there are trigger, started_by and nodes")
        }
        trigger = members["trigger"] ?? [:]
        startedBy = members["started_by"]?.stringValue ?? "trial@localhost"
        for (node, value) in members["nodes"]?.objectValue ?? [:] {
            guard document.node(node) != nil else { throw Malformed(description: "the flow has no node '\(node)'") }
            let list = (value.arrayValue ?? [value]).compactMap(\.objectValue)
            guard !list.isEmpty, list.count == value.arrayValue?.count ?? 1 else {
                throw Malformed(description: "'\(node)' is answered by an object, or a list of them")
            }
            for answer in list {
                for field in answer.keys where !Self.fields.contains(field) {
                    throw Malformed(description: "'\(node)': '\(field)' answers nothing; there are \(Self.fields.sorted().joined(separator: ", "))")
                }
                if let after = answer["after"], after.stringValue.flatMap(FlowDuration.init) == nil {
                    throw Malformed(description: "'\(node)': 'after' is a duration, for example \"2h\"")
                }
            }
            answers[node] = list
        }
    }

    /// Nil where nothing was said about the node.
    mutating func next(_ node: String) -> JSONObject? {
        guard let list = answers[node], let last = list.last else { return nil }
        let index = asked[node, default: 0]
        asked[node] = index + 1
        return index < list.count ? list[index] : last
    }

    /// Without taking it.
    func isDenied(_ node: String) -> Bool {
        guard let list = answers[node], let last = list.last else { return false }
        let index = asked[node, default: 0]
        return (index < list.count ? list[index] : last)["denied"]?.boolValue == true
    }
}
