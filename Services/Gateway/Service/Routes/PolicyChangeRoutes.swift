internal import FoundationEssentials
internal import GatewayCore
internal import HTTPTypes
internal import Identity
internal import JSON
internal import RPC
internal import Trust
internal import Wire

/// What policies are held against, and what people say to suggestions.
struct PolicyChangeRoutes: Sendable {
    let services: Backends
    private typealias Field = Shape.Field

    init(services: Backends) { self.services = services }

    var endpoints: [Endpoint] { [connectorSchema, connectorChange, replayProgress, dismissal] }

    // MARK: The schema that connectors make

    private static let findings = Shape.object(
        name: "BundleFindings",
        [
            Field("digest", Shapes.digest), Field("name", .text()), Field("place", .choice(["active", "shadow"])),
            Field("problems", .list(PolicyShapes.problem)),
        ])

    private var connectorSchema: Endpoint {
        Endpoint(
            "getConnectorSchema", .get, "/v1/policies/connector-schema",
            "The Cedar schema of what connectors offer now, and what it finds in the policies in force", .needs(.read),
            answer: .object(
                name: "ConnectorSchema",
                [
                    Field("schema", Shapes.document), Field("operations", .integer()),
                    Field("omitted", Shapes.texts, "Arguments that have no one type, each with the reason."),
                    Field("findings", .list(Self.findings)), Field("in_force", .boolean, "The policies in force were published with this very one."),
                ])
        ) { exchange in
            let answer = try await services.governance.getConnectorSchema(.init(), options: exchange.options)
            return .json([
                "schema": .string(answer.schema), "operations": .int(Int64(answer.operations)), "omitted": .texts(answer.omitted),
                "findings": .array(answer.findings.map(\.json)), "in_force": .bool(answer.inForce),
            ])
        }
    }

    private var connectorChange: Endpoint {
        Endpoint(
            "checkConnectorChange", .post, "/v1/policies/connector-schema/changes",
            "What another manifest of one connector would do to the policies in force", .needs(.policy), write: .checked,
            body: .object(
                name: "ConnectorChangeCheck",
                [
                    Field("connector", .text(maximum: 256)), Field("version", .text(maximum: 100), required: false),
                    Field(
                        "operations",
                        .list(
                            .object(
                                name: "ConnectorOperationDraft",
                                [Field("name", .text(maximum: 256)), Field("input_schema", .any, "JSON Schema of its arguments.")])),
                        "All that it would offer; none where it would go."),
                ]),
            answer: .object(
                name: "ConnectorChangeReport",
                [
                    Field(
                        "changes",
                        .list(.object(name: "ConnectorChange", [Field("sentence", .text()), Field("breaking", .boolean)]))),
                    Field("broken", .list(Self.findings), "What would be wrong then and is not now."),
                ])
        ) { exchange in
            let operations = (exchange.body["operations"]?.arrayValue ?? []).map {
                PolicyGovernanceV1.ConnectorOperation(
                    name: $0["name"]?.stringValue ?? "", inputSchemaJSON: $0["input_schema"]?.encoded() ?? [])
            }
            let answer = try await services.governance.checkConnectorChange(
                .init(
                    connector: exchange.body["connector"]?.stringValue ?? "", version: exchange.body["version"]?.stringValue ?? "",
                    operations: operations), options: exchange.options)
            return .json([
                "changes": .array(answer.changes.map { ["sentence": .string($0.sentence), "breaking": .bool($0.breaking)] }),
                "broken": .array(answer.broken.map(\.json)),
            ])
        }
    }

    // MARK: Replays and proposals

    private var replayProgress: Endpoint {
        Endpoint(
            "getReplayProgress", .get, "/v1/policies/replays/{id}", "How far a replay is that was asked for under this id", .needs(.policy),
            parameters: [Field("id", Shapes.uuid)],
            answer: .object(
                name: "ReplayProgress",
                [Field("running", .boolean, "False before it begins and once it has ended."), Field("done", .integer()), Field("total", .integer())])
        ) { exchange in
            guard let id = UUID(uuidString: exchange.text("id")) else { throw Problem.notFound }
            let answer = try await services.governance.getReplayProgress(.init(replayID: id.bytes), options: exchange.options)
            return .json([
                "running": .bool(answer.running), "done": .int(Int64(clamping: answer.done)), "total": .int(Int64(clamping: answer.total)),
            ])
        }
    }

    private var dismissal: Endpoint {
        Endpoint(
            "dismissPolicyProposal", .post, "/v1/policies/proposals/{id}/dismissal", "Say why not; it is not suggested again", .needs(.policy),
            parameters: [Field("id", Shapes.digest)],
            body: .object(
                name: "ProposalDismiss",
                [Field("reason", .text(maximum: 500)), Field("since", Shapes.time, required: false, "Of the list that it stood in.")]),
            answer: .object(name: "ProposalDismissed", [Field("receipt_id", Shapes.maybeUUID)])
        ) { exchange in
            guard let id = SHA256Digest(hex: exchange.text("id")) else { throw Problem.notFound }
            let since = exchange.body["since"]?.stringValue.flatMap { Timestamp(text: $0)?.micros } ?? 0
            var options = exchange.writeOptions
            options.timeout = PolicyRoutes.replayTimeout
            let answer = try await services.governance.dismissProposal(
                .init(proposalID: id.bytes, reason: exchange.body["reason"]?.stringValue ?? "", sinceMicros: since), options: options)
            return .json(["receipt_id": .id(answer.receiptID)])
        }
    }
}

extension PolicyGovernanceV1.BundleFindings {
    fileprivate var json: JSONValue {
        ["digest": .digest(digest), "name": .string(name), "place": .string(place), "problems": .array(problems.map(\.json))]
    }
}

extension PolicyGovernanceV1.DismissedProposal {
    var json: JSONValue {
        [
            "id": .digest(proposalID), "kind": .string(kind), "policy_id": .orNull(policyID), "sentence": .string(sentence),
            "reason": .string(reason), "dismissed_by": .string(dismissedBy), "dismissed_at": .time(dismissedMicros), "receipt_id": .id(receiptID),
        ]
    }
}
