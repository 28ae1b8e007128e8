/// One thing that is wrong with a flow document, with the place and the repair.
public struct FlowProblem: Hashable, Sendable {
    public enum Severity: String, Sendable { case error, warning }

    public var severity: Severity
    /// Empty for the document as a whole.
    public var node: String
    /// The port, field or branch; empty for the node as a whole.
    public var port: String
    /// JSON pointer (RFC 6901) into the document.
    public var pointer: String
    public var message: String
    /// What to do, in one sentence.
    public var fix: String

    public init(_ severity: Severity = .error, node: String = "", port: String = "", pointer: String, _ message: String, fix: String) {
        self.severity = severity
        self.node = node
        self.port = port
        self.pointer = pointer
        self.message = message
        self.fix = fix
    }
}

extension [FlowProblem] {
    public var hasErrors: Bool { contains { $0.severity == .error } }
}

extension FlowProblem: CustomStringConvertible {
    public var description: String {
        let place = node.isEmpty ? pointer : "node '\(node)'" + (port.isEmpty ? "" : ", \(port)")
        return "\(severity.rawValue) at \(place): \(message); \(fix)"
    }
}
