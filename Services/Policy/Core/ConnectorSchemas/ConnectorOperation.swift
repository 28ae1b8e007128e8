public import JSON

/// What flows can call, as far as policies see it.
public struct ConnectorOperation: Sendable, Hashable {
    /// Such as `slack.chat.postMessage`: the name of the action.
    public let name: String
    public let connector: String
    public let version: String
    /// JSON Schema of the arguments.
    public let inputSchema: JSONValue

    public init(name: String, connector: String, version: String, inputSchema: JSONValue) {
        self.name = name
        self.connector = connector
        self.version = version
        self.inputSchema = inputSchema
    }
}
