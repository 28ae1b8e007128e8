internal import GatewayCore
internal import HTTPTypes
internal import JSON
internal import Trust
internal import Wire

/// Flows: list, read, validate, publish.
struct FlowRoutes: Sendable {
    let services: Backends
    private typealias Field = Shape.Field

    init(services: Backends) { self.services = services }

    var endpoints: [Endpoint] { [list, one, validate, publish] }

    private static let document = [
        Field("document", .map(.any), required: false, "The flow as JSON; or document_text."),
        Field("document_text", Shapes.document, required: false, "The flow as text: JSON or YAML."),
    ]

    private var list: Endpoint {
        Endpoint(
            "listFlows", .get, "/v1/flows", "Flows of the tenant", .needs(.read), query: Shapes.paging,
            answer: Shapes.page("FlowSummaryPage", of: Shapes.flow)
        ) {
            exchange in
            let answer = try await services.flows.listFlows(.init(page: try exchange.page()), options: exchange.options)
            return .json(.page(answer.flows.map(\.json), cursor: answer.nextCursor))
        }
    }

    private var one: Endpoint {
        Endpoint(
            "getFlow", .get, "/v1/flows/{name}", "One flow with its document and versions", .needs(.read),
            parameters: [Field("name", .text(maximum: 100))],
            query: [Field("version_id", Shapes.digest, required: false)],
            answer: .object(name: "Flow", [Field("flow", Shapes.flow), Field("document", .any), Field("versions", .list(Shapes.flow))])
        ) { exchange in
            let answer = try await services.flows.getFlow(
                .init(name: exchange.text("name"), versionID: SHA256Digest(hex: exchange.query["version_id"] ?? "")?.bytes ?? []),
                options: exchange.options)
            guard let flow = answer.flow else { throw Problem.notFound }
            return .json(["flow": flow.json, "document": .document(answer.documentJSON), "versions": .array(answer.versions.map(\.json))])
        }
    }

    private var validate: Endpoint {
        Endpoint(
            "validateFlow", .post, "/v1/flows/validate", "Check a draft without publishing it", .needs(.read), write: .checked,
            body: .object(name: "FlowDraft", Self.document),
            answer: .object(name: "FlowValidation", [Field("problems", .list(Shapes.flowProblem)), Field("version_id", .nullable(Shapes.digest))])
        ) { exchange in
            let answer = try await services.flows.validateFlow(.init(document: try Self.bytes(exchange.body)), options: exchange.options)
            return .json(["problems": .array(answer.problems.map(\.json)), "version_id": .digest(answer.versionID)])
        }
    }

    private var publish: Endpoint {
        Endpoint(
            "publishFlow", .post, "/v1/flows", "Publish a version; policy may ask for an approval first", .needs(.publish),
            body: .object(name: "FlowPublish", Self.document + [Field("note", .text(maximum: 500), required: false)]),
            answer: .object(
                name: "FlowPublished",
                [
                    Field("state", .choice(["published", "awaiting-approval", "refused"])), Field("version_id", .nullable(Shapes.digest)),
                    Field("task_id", Shapes.maybeUUID), Field("receipt_id", Shapes.maybeUUID), Field("reason", .text()),
                    Field("problems", .list(Shapes.flowProblem)),
                ])
        ) { exchange in
            let answer = try await services.flows.publishFlow(
                .init(document: try Self.bytes(exchange.body), note: exchange.body["note"]?.stringValue ?? ""), options: exchange.writeOptions)
            let errors = answer.problems.filter { $0.severity == "error" }
            guard errors.isEmpty else { throw Self.refusal(errors, of: answer.problems, in: exchange.body) }
            return .json([
                "state": .string(answer.state), "version_id": .digest(answer.versionID), "task_id": .id(answer.taskID),
                "receipt_id": .id(answer.receiptID), "reason": .string(answer.reason), "problems": .array(answer.problems.map(\.json)),
            ])
        }
    }

    private static func bytes(_ body: JSONValue) throws(Problem) -> [UInt8] {
        switch (body["document"], body["document_text"]?.stringValue) {
        case (let document?, nil): return document.encoded()
        case (nil, let text?): return Array(text.utf8)
        case (nil, nil): throw .invalid("/document", "is missing", fix: "send document (JSON) or document_text (JSON or YAML)")
        case (_?, _?): throw .invalid("/document_text", "is given beside document", fix: "send only one of the two")
        }
    }

    /// - Parameter all: With the warnings, in the validator's own form.
    private static func refusal(_ errors: [FlowV1.Problem], of all: [FlowV1.Problem], in body: JSONValue) -> Problem {
        let place = body["document"] == nil ? "/document_text" : "/document"
        return Problem(
            422, code: "FLOW_INVALID", title: "The flow has errors and was not published", detail: errors.first?.message ?? "",
            errors: errors.map { FieldProblem(field: place + $0.pointer, message: $0.message, fix: $0.fix) },
            members: ["problems": .array(all.map(\.json))])
    }
}
