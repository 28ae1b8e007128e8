/// Names values: `vars.<name>` from here on. A dotted name sets a member and leaves the others.
public struct AssignNode: Sendable {
    public var values: Template
    public var next: String
}

/// A policy decision without a call.
public struct GuardNode: Sendable {
    public static let ports = ["allowed", "denied", "error"]

    public var action: String
    /// `{type, id}`.
    public var resource: Template
    public var context: Template
    public var on: FlowPorts
}

/// A run of another flow, of exactly the version that was there at publishing.
public struct SubflowNode: Sendable {
    public static let ports = ["success", "error"]

    public var flow: String
    /// SHA-256 of the version, in hexadecimal; nil until it is locked, and then it cannot be published.
    public var version: String?
    public var input: Template
    public var timeout: FlowDuration?
    public var on: FlowPorts
}

/// A step of the copilot, with the operations that it may use and no others.
public struct AgentNode: Sendable {
    public static let ports = ["done", "error", "timeout"]
    public static let defaultTurns = 20

    public var goal: Template
    public var inputs: Template
    public var tools: [String]
    /// Turns of the model at the most.
    public var turns: Int
    public var timeout: FlowDuration
    /// Of what it hands back.
    public var output: FormSchema?
    public var on: FlowPorts
}
