internal import CEL
public import JSON

/// The connector operations that exist in the versions that the tenant has, with the schemas of their input and output.
public struct OperationCatalogue: Sendable {
    public struct Operation: Sendable {
        public var name: String
        public var title: String
        /// Of the connector; empty where it is not known.
        public var version: String
        public var input: FormSchema?
        /// JSON Schema; nil where the connector does not say.
        public var output: JSONValue?

        public init(name: String, title: String = "", version: String = "", input: FormSchema? = nil, output: JSONValue? = nil) {
            self.name = name
            self.title = title
            self.version = version
            self.input = input
            self.output = output
        }
    }

    public let operations: [String: Operation]

    public init(_ operations: [Operation]) {
        self.operations = Dictionary(operations.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// Why there is no such operation, and what was probably meant.
    func absence(of name: String) -> (message: String, fix: String) {
        let meant = Spelling.nearest(to: name, in: operations.keys).map { "did you mean '\($0)'?" }
        let connector = name.prefix { $0 != "." }
        let version = operations.values.first { $0.name.hasPrefix("\(connector).") && !$0.version.isEmpty }?.version
        guard let version else { return ("no connector has an operation '\(name)'", meant ?? "use one that the connectors list") }
        return ("'\(connector)' \(version) has no operation '\(name)'", meant ?? "use one that this version of the connector has")
    }
}
