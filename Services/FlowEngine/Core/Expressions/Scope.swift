internal import CEL
public import JSON

/// What an expression in a flow can see.
public struct Scope: Sendable {
    /// The names, for the check before publishing.
    public static let names: Set<String> = ["trigger", "run", "steps"]

    public var trigger: JSONValue
    public var run: JSONObject
    /// Node id to {port, output, error}.
    public var steps: JSONObject
    /// Only in a wait's `match`.
    public var event: JSONValue?

    public init(trigger: JSONValue, run: JSONObject = [:], steps: JSONObject = [:], event: JSONValue? = nil) {
        self.trigger = trigger
        self.run = run
        self.steps = steps
        self.event = event
    }

    var variables: [String: CELValue] {
        var variables = ["trigger": CELValue(trigger), "run": .map(CELMap(run)), "steps": .map(CELMap(steps))]
        variables["event"] = event.map(CELValue.init)
        return variables
    }
}
