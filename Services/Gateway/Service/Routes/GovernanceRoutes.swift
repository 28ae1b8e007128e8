internal import GatewayCore
internal import HTTPTypes
internal import Identity
internal import JSON
internal import Trust
internal import Wire

/// Policies, decisions, connections, and questions to the copilot.
struct GovernanceRoutes: Sendable {
    let services: Backends
    private typealias Field = Shape.Field

    init(services: Backends) { self.services = services }

    var endpoints: [Endpoint] { [activePolicies, putPolicies, decisions, operations, connections, connect, ask] }

    private static let bundle = Shape.object(
        name: "PolicyBundle",
        [
            Field("digest", Shapes.digest), Field("name", .text()), Field("policies", Shapes.document), Field("entities", .any),
            Field("created_at", Shapes.time), Field("author", .text()),
        ])

    private var activePolicies: Endpoint {
        Endpoint("getActivePolicies", .get, "/v1/policies/active", "The policies in force", .needs(.read), answer: Self.bundle) { exchange in
            guard let bundle = try await services.policy.getActiveBundle(.init(), options: exchange.options).bundle else { throw Problem.notFound }
            return .json([
                "digest": .digest(bundle.digest), "name": .string(bundle.name), "policies": .string(bundle.policies),
                "entities": .document(bundle.entitiesJSON), "created_at": .time(bundle.createdMicros), "author": .string(bundle.author),
            ])
        }
    }

    private var putPolicies: Endpoint {
        Endpoint(
            "putPolicies", .put, "/v1/policies", "Store a bundle of Cedar policies, and put it in force", .needs(.policy),
            body: .object(
                name: "PolicyPut",
                [
                    Field("name", .text(maximum: 100)), Field("policies", Shapes.document), Field("entities", .any, required: false),
                    Field("activate", .boolean),
                ]),
            answer: .object(name: "PolicyStored", [Field("digest", Shapes.digest)])
        ) { exchange in
            let answer = try await services.policy.putBundle(
                .init(
                    name: exchange.body["name"]?.stringValue ?? "", policies: exchange.body["policies"]?.stringValue ?? "",
                    entitiesJSON: exchange.body["entities"]?.encoded() ?? [], activate: exchange.body["activate"]?.boolValue ?? false),
                options: exchange.writeOptions)
            guard answer.problems.isEmpty else {
                let errors = answer.problems.map(\.fieldProblem)
                throw Problem(
                    422, code: "POLICY_INVALID", title: "The policies have errors and were not stored", detail: errors[0].message, errors: errors)
            }
            return .json(["digest": .digest(answer.digest)])
        }
    }

    private var decisions: Endpoint {
        Endpoint(
            "listDecisions", .get, "/v1/decisions", "What policy decided, newest first", .needs(.read),
            query: [
                Field("verdict", .choice(PolicyVerdicts.all), required: false), Field("run_id", Shapes.uuid, required: false),
                Field("since", Shapes.time, required: false),
            ] + Shapes.paging,
            answer: Shapes.page("DecisionPage", of: Shapes.decision)
        ) { exchange in
            let verdict = PolicyV1.Verdict.texts.first { $0.1 == exchange.query["verdict"] }?.0 ?? .unspecified
            let answer = try await services.policy.listDecisions(
                .init(
                    page: try exchange.page(), runID: exchange.optionalID(query: "run_id", as: RunID.self)?.bytes ?? [], verdict: verdict,
                    sinceMicros: exchange.query["since"].flatMap { Timestamp(text: $0)?.micros } ?? 0),
                options: exchange.options)
            return .json(.page(answer.decisions.map(\.json), cursor: answer.nextCursor))
        }
    }

    private var operations: Endpoint {
        Endpoint(
            "listOperations", .get, "/v1/operations", "What flows can call", .needs(.read), query: Shapes.paging,
            answer: Shapes.page("OperationPage", of: Shapes.operation)
        ) { exchange in
            let answer = try await services.connectors.listOperations(.init(), options: exchange.options)
            return .json(try exchange.page(of: answer.operations, \.json))
        }
    }

    private var connections: Endpoint {
        Endpoint(
            "listConnections", .get, "/v1/connections", "Connected systems and their health", .needs(.read), query: Shapes.paging,
            answer: Shapes.page("ConnectionPage", of: Shapes.connection)
        ) { exchange in
            let answer = try await services.connectors.listConnections(.init(), options: exchange.options)
            return .json(try exchange.page(of: answer.connections, \.json))
        }
    }

    private var connect: Endpoint {
        Endpoint(
            "putConnection", .put, "/v1/connections/{connector}", "Connect a system; secrets are sealed and never shown again", .needs(.connect),
            parameters: [Field("connector", .text(maximum: 64))],
            body: .object(
                name: "ConnectionPut",
                [
                    Field("base_url", .text(maximum: 500), required: false),
                    Field("secrets", .map(.text(maximum: 8_000)), required: false, "Names as in secrets_needed."),
                ]),
            answer: Shapes.connection
        ) { exchange in
            var secrets: [String: String] = [:]
            for (name, value) in exchange.body["secrets"]?.objectValue ?? [:] { secrets[name] = value.stringValue }
            let answer = try await services.connectors.putConnection(
                .init(connector: exchange.text("connector"), baseURL: exchange.body["base_url"]?.stringValue ?? "", secrets: secrets),
                options: exchange.writeOptions)
            return .json((answer.connection ?? .init()).json)
        }
    }

    private var ask: Endpoint {
        Endpoint(
            "askCopilot", .post, "/v1/copilot/questions", "Ask; every sentence of the answer cites its receipts", .needs(.read),
            body: .object(
                name: "Question", [Field("question", .text(maximum: 2_000)), Field("run_id", Shapes.uuid, required: false)]),
            answer: Shapes.answer
        ) { exchange in
            let run = exchange.body["run_id"]?.stringValue.flatMap { RunID($0) }
            let answer = try await services.copilot.ask(
                .init(question: exchange.body["question"]?.stringValue ?? "", runID: run?.bytes ?? []), options: exchange.writeOptions)
            return .json(answer.json)
        }
    }
}
