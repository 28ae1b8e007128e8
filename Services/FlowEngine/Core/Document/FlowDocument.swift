public import JSON
public import Trust

/// A flow as it was published: what runs interpret. Immutable; its identity is its meaning.
public struct FlowDocument: Sendable {
    public static let schema = "provable.dev/flow/v1"

    public var name: String
    public var title: String
    public var description: String
    /// Of a whole run; nil for none.
    public var deadline: FlowDuration?
    /// What it promises about time.
    public var agreements: Agreements
    /// In the document's order; ids are distinct.
    public var nodes: [FlowNode]
    /// The document as it was written, with layout.
    public var source: JSONValue
    /// SHA-256 over the canonical bytes (RFC 8785) of the document without its `layout`.
    public var versionID: SHA256Digest

    private let positions: [String: Int]

    init(
        name: String, title: String, description: String, deadline: FlowDuration?, agreements: Agreements = .none, nodes: [FlowNode],
        source: JSONValue, versionID: SHA256Digest
    ) {
        self.name = name
        self.title = title
        self.description = description
        self.deadline = deadline
        self.agreements = agreements
        self.nodes = nodes
        self.source = source
        self.versionID = versionID
        positions = Dictionary(nodes.enumerated().map { ($0.element.id, $0.offset) }, uniquingKeysWith: { first, _ in first })
    }

    public func node(_ id: String) -> FlowNode? { positions[id].map { nodes[$0] } }

    /// The one trigger that a valid document has.
    public var trigger: (id: String, node: TriggerNode)? {
        for node in nodes { if case .trigger(let trigger) = node.kind { return (node.id, trigger) } }
        return nil
    }

    public var callsConnectors: Bool { nodes.contains { if case .call = $0.kind { true } else { false } } }

    /// SHA-256 of what a document means: layout moves boxes, not work.
    public static func versionID(of source: JSONValue) throws(JSONError) -> SHA256Digest {
        var meaning = source.objectValue ?? JSONObject()
        meaning.removeValue(forKey: "layout")
        return SHA256Digest(hashing: try JSONValue.object(meaning).canonical())
    }
}
