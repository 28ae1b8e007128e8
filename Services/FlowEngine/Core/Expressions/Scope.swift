internal import CEL
public import JSON

/// What an expression in a flow can see.
public struct Scope: Sendable {
    /// The names, for the check before publishing.
    ///
    /// `vars` is there where an `assign` can have come before, an element's name in the body of its `each`.
    public static let names: Set<String> = ["trigger", "run", "steps"]

    public var trigger: JSONValue
    public var run: JSONObject
    /// Node id to {port, output, error}.
    public var steps: JSONObject
    /// What `assign` nodes have set.
    public var vars: JSONObject
    /// The elements of the `each` nodes around, by the names that they gave them.
    public var items: JSONObject
    /// Only in a wait's `match`.
    public var event: JSONValue?

    public init(
        trigger: JSONValue, run: JSONObject = [:], steps: JSONObject = [:], vars: JSONObject = [:], items: JSONObject = [:], event: JSONValue? = nil
    ) {
        self.trigger = trigger
        self.run = run
        self.steps = steps
        self.vars = vars
        self.items = items
        self.event = event
    }

    var variables: [String: CELValue] {
        var variables = [
            "trigger": CELValue(trigger), "run": .map(CELMap(run)), "steps": .map(CELMap(steps)), "vars": .map(CELMap(vars)),
        ]
        for (name, item) in items { variables[name] = CELValue(item) }
        variables["event"] = event.map(CELValue.init)
        return variables
    }
}
