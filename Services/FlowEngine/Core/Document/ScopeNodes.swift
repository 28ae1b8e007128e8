/// Branches that run side by side. A branch is over when it leads back to this node; `joined` is left when enough are.
public struct ParallelNode: Sendable {
    public struct Branch: Sendable {
        public var title: String
        public var next: String
    }

    public static let ports = ["joined", "error"]
    public static let branchesMax = 64

    public var branches: [Branch]
    /// How many branches must be over; those that are not are called off. All, unless the document says otherwise.
    public var needed: Int
    /// Of all branches together; nil for none, and then there is no `timeout` port.
    public var timeout: FlowDuration?
    public var on: FlowPorts
}

/// The same body for every element of a list. The body is over when it leads back to this node.
public struct EachNode: Sendable {
    public static let ports = ["done", "error"]
    public static let concurrencyMax = 100

    public var items: Template
    /// The element in the body's expressions; its position is the same name with `_index`.
    public var itemName: String
    public var body: String
    /// Bodies under way at once.
    public var concurrency: Int
    public var timeout: FlowDuration?
    public var on: FlowPorts
}
