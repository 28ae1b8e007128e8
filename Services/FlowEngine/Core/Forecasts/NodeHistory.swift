/// What ended steps of a node left behind, by the port by which runs left it.
public struct NodeHistory: Hashable, Sendable {
    public struct Port: Hashable, Sendable {
        /// Milliseconds from the step's beginning to its end, with waits, attempts and people.
        public var latency = LogHistogram()
        /// Millionths of the currency.
        public var cost = LogHistogram()

        public init() {}
    }

    public var ports: [String: Port] = [:]
    /// Of an `each`: how many elements it went through.
    public var items = LogHistogram()

    public init() {}

    public var count: UInt64 { ports.values.reduce(0) { $0 + $1.latency.count } }

    public mutating func record(port: String, milliseconds: Int64, costMicros: Int64, items: Int? = nil) {
        ports[port, default: Port()].latency.record(milliseconds)
        ports[port, default: Port()].cost.record(costMicros)
        if let items { self.items.record(Int64(items)) }
    }

    public mutating func merge(_ other: NodeHistory) {
        for (port, history) in other.ports {
            ports[port, default: Port()].latency.merge(history.latency)
            ports[port, default: Port()].cost.merge(history.cost)
        }
        items.merge(other.items)
    }
}

/// What a forecast stands on.
public struct FlowHistory: Sendable {
    /// By node id, of this flow.
    public var nodes: [String: NodeHistory]
    /// By ``FlowNode/likeness``, of every flow of the tenant: what a draft's new node does has been done elsewhere.
    public var likenesses: [String: NodeHistory]
    public var calibration: Calibration

    public init(nodes: [String: NodeHistory] = [:], likenesses: [String: NodeHistory] = [:], calibration: Calibration = Calibration()) {
        self.nodes = nodes
        self.likenesses = likenesses
        self.calibration = calibration
    }

    public mutating func record(_ node: FlowNode, port: String, milliseconds: Int64, costMicros: Int64, items: Int? = nil) {
        nodes[node.id, default: NodeHistory()].record(port: port, milliseconds: milliseconds, costMicros: costMicros, items: items)
        guard let likeness = node.likeness else { return }
        likenesses[likeness, default: NodeHistory()].record(port: port, milliseconds: milliseconds, costMicros: costMicros, items: items)
    }
}

extension FlowNode {
    /// Nodes that are alike take about as long, in whatever flow; nil for those whose time is their body's or their own.
    public var likeness: String? {
        switch kind {
        case .call(let node): "call \(node.operation)"
        case .approve(let node): "approve \(node.role)"
        case .task(let node): "task \(node.role)"
        case .wait(let node): if case .event(let kind, _, _) = node.condition { "event \(kind)" } else { nil }
        case .guard(let node): "guard \(node.action)"
        case .subflow(let node): "subflow \(node.flow)"
        case .agent: "agent"
        case .trigger, .decide, .parallel, .each, .assign, .end: nil
        }
    }
}
