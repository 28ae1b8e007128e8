internal import Cedar
internal import JSON
internal import SessionRules

/// The schema of what this platform asks policy about, made of the operations that its connectors offer: with it a bundle is held to the
/// arguments that will really come.
public struct ConnectorSchema: Sendable {
    /// In Cedar's syntax.
    public let text: String
    /// Arguments that have no one type and so are no part of the schema, each with the reason: `jira.issue.create: input.labels: …`.
    public let omitted: [String]

    public init(operations: [ConnectorOperation]) {
        var omitted: [String] = []
        var actions: [String] = []
        for operation in operations.sorted(by: { $0.name < $1.name }) {
            let type = InputType.type(of: operation.inputSchema) { untyped in
                omitted.append("\(operation.name): \((["input"] + untyped.path).joined(separator: ".")): \(untyped.reason)")
            }
            actions.append(Self.action(operation.name, resource: "Connector", input: type ?? .record([])))
        }
        actions += Self.own
        text = ([Self.entities] + actions).joined(separator: "\n\n") + "\n"
        self.omitted = omitted
    }

    /// What it finds in the policies of a bundle. Entities are not looked at: those of a bundle may be of types that connectors know nothing of.
    public func findings(in bundle: CompiledBundle) -> [BundleProblem] {
        SchemaValidator().problems(bundle.sessionRules.policiesToValidate, entities: [], schema: text)
    }

    private static let entities = """
        entity Role;
        entity User in [Role];
        entity Flow in [Role];
        entity Connector;
        entity Copilot;

        // What a gate is opened by. Approvals are the roles that approved; redactions the paths that are taken out.
        type Grants = {approval: Set<Role>, redact: Set<String>};
        // Of the run that asks; absent where no run does.
        type Run = {id: String, flow: String, step: String};
        """

    /// What the platform asks without a connector.
    private static let own = [
        action(
            "flow.publish", resource: "Flow",
            input: .record(["flow", "note", "version"].map { InputType.Member(name: $0, type: .string, isRequired: true) })),
        action("copilot.ask", resource: "Copilot", input: .record([InputType.Member(name: "question", type: .string, isRequired: false)])),
    ]

    private static func action(_ name: String, resource: String, input: InputType) -> String {
        """
        action \(Value.string(Text(name))) appliesTo {
          principal: [User, Flow],
          resource: \(resource),
          context: {input: \(input), grants: Grants, run?: Run}
        };
        """
    }
}
