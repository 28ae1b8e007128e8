public import Identity

/// What the flow engine says of one run.
public struct RunFacts: Hashable, Sendable {
    public var id: RunID
    public var title: String
    /// running, waiting, succeeded, failed, cancelled.
    public var state: String
    public var currentNode: String
    public var whyWaiting: String
    public var outcome: String

    public init(id: RunID, title: String, state: String, currentNode: String, whyWaiting: String, outcome: String) {
        self.id = id
        self.title = title
        self.state = state
        self.currentNode = currentNode
        self.whyWaiting = whyWaiting
        self.outcome = outcome
    }

    /// How people name the run: its title and the end of its id, where version 7 ids differ.
    public var name: String { "\(title) …\(id.description.suffix(6))" }
}

/// One metered use within a run.
public struct CostFact: Hashable, Sendable {
    public var meter: String
    public var service: String
    public var step: String
    public var micros: Int64

    public init(meter: String, service: String, step: String, micros: Int64) {
        self.meter = meter
        self.service = service
        self.step = step
        self.micros = micros
    }
}

/// One decision by which policy stopped something.
public struct BlockFact: Hashable, Sendable {
    public var principal: String
    public var action: String
    public var resource: String
    /// The policies that determined it.
    public var policies: [String]
    public var citation: Citation?

    public init(principal: String, action: String, resource: String, policies: [String], citation: Citation?) {
        self.principal = principal
        self.action = action
        self.resource = resource
        self.policies = policies
        self.citation = citation
    }
}
