internal import FoundationEssentials
internal import GatewayCore
internal import HTTPTypes
internal import Identity
internal import JSON
internal import RPC
internal import Wire

/// Asking for an approval that a denial named (AuthZEN's profile for access requests), and deciding on such a request.
struct AccessRequestRoutes: Sendable {
    let services: Backends
    let directory: any DirectoryStore
    let place: PublicPlace
    private typealias Field = Shape.Field

    init(services: Backends, directory: any DirectoryStore, place: PublicPlace) {
        self.services = services
        self.directory = directory
        self.place = place
    }

    var endpoints: [Endpoint] { [submit, status, cancel, list, one, decide] }

    private static let id = [Field("id", Shapes.uuid)]

    // MARK: For enforcement points

    private var submit: Endpoint {
        Endpoint(
            "requestAccess", .post, AccessMetadata.requests, "Ask for the approval that a denial named", .needs(.read), write: .checked,
            headers: [
                AccessShapes.requestID, Field(IdempotencyKey.header, .text(maximum: 200), required: false, "The same key finds the same task."),
            ], body: AccessShapes.submission, answers: [Endpoint.Answer(status: 202, shape: AccessShapes.task)],
            handler: .checked { exchange in
                let session = try exchange.requireSession()
                let submission = try AccessSubmission(exchange.body)
                var options = exchange.options
                if let header = exchange.headers[.idempotencyKey] {
                    options.idempotencyKey = try IdempotencyKey(header: header).effectKey(tenant: session.tenant.bytes, principal: session.principal)
                }
                guard let decision = UUID(uuidString: submission.evaluation) else { throw AccessProblem.notBound }
                let question = try await SubjectRoles(directory: directory, session: session).wire([submission.question]).first
                let answer = try await AccessProblem.naming {
                    try await services.access.submit(
                        .init(
                            question: question, decisionID: decision.bytes, requestedUntilMicros: submission.requestedUntil?.micros ?? 0,
                            justification: submission.justification), options: options)
                }
                let (json, location) = try handle(answer.task, exchange)
                return .json(json, status: 202, headers: [HTTPField(name: .location, value: location)])
            })
    }

    private var status: Endpoint {
        Endpoint(
            "getAccessTask", .get, AccessMetadata.requests + "/{id}", "How an access request stands", .needs(.read), parameters: Self.id,
            answer: AccessShapes.task
        ) { exchange in
            let id = try exchange.id("id", as: TaskID.self)
            let answer = try await AccessProblem.naming { try await services.access.getTask(.init(taskID: id.bytes), options: exchange.options) }
            return .json(try handle(answer.task, exchange).json)
        }
    }

    private var cancel: Endpoint {
        var endpoint = Endpoint(
            "cancelAccessTask", .post, AccessMetadata.requests + "/{id}/cancel", "Withdraw an access request", .needs(.read), write: .checked,
            parameters: Self.id, body: AccessShapes.cancellation, answer: AccessShapes.task
        ) { exchange in
            let id = try exchange.id("id", as: TaskID.self)
            let answer = try await AccessProblem.naming { try await services.access.cancelTask(.init(taskID: id.bytes), options: exchange.options) }
            return .json(try handle(answer.task, exchange).json)
        }
        endpoint.bodyIsOptional = true
        return endpoint
    }

    private func handle(_ task: PolicyAccessV1.Task?, _ exchange: Exchange) throws -> (json: JSONValue, location: String) {
        guard let task, let id = UUID(bytes: task.taskID)?.lowercased else { throw Problem.notFound }
        let location = try place.base(for: exchange) + AccessMetadata.requests + "/\(id)"
        var handle: JSONObject = [
            "id": .string(id), "status": .string(task.status), "status_endpoint": .string(location), "expires_at": .time(task.expiresMicros),
            "display": ["title": "Access request", "description": .string(Self.sentence(task))],
        ]
        if task.status == "pending" { handle["links"] = ["cancel": .string(location + "/cancel")] }
        var json: JSONObject = ["task": .object(handle)]
        if task.status == "approved", let approval = task.approval.flatMap(AccessAnswer.Approval.init) {
            json["result"] = ["mode": "reevaluate", "approval": approval.json]
        }
        return (.object(json), location)
    }

    private static func sentence(_ task: PolicyAccessV1.Task) -> String {
        let roles = task.gates.map(\.role).joined(separator: " and ")
        return switch task.status {
        case "pending": "Waits for \(roles)."
        case "approved": "Was approved by \(roles)."
        case "denied": "Was denied by \(roles)."
        case "expired": "Nobody decided in time."
        default: "Was withdrawn."
        }
    }

    // MARK: For approvers

    private var list: Endpoint {
        Endpoint(
            "listAccessRequests", .get, "/v1/access-requests", "Access requests that concern you, newest first", .needs(.read),
            query: [Field("status", .choice(AccessShapes.statuses, name: "AccessTaskStatus"), required: false)] + Shapes.paging,
            answer: Shapes.page("AccessRequestPage", of: AccessShapes.item)
        ) { exchange in
            let page = try exchange.page()
            let answer = try await services.access.listTasks(
                .init(status: exchange.query["status"] ?? "", cursor: page.cursor, limit: page.limit), options: exchange.options)
            let session = try exchange.requireSession()
            return .json(.page(answer.tasks.map { $0.json(for: session) }, cursor: answer.nextCursor))
        }
    }

    private var one: Endpoint {
        Endpoint(
            "getAccessRequest", .get, "/v1/access-requests/{id}", "One access request, with the arguments that are approved", .needs(.read),
            parameters: Self.id, answer: AccessShapes.item
        ) { exchange in
            let id = try exchange.id("id", as: TaskID.self)
            let answer = try await services.access.getTask(.init(taskID: id.bytes), options: exchange.options)
            guard let task = answer.task else { throw Problem.notFound }
            return .json(task.json(for: try exchange.requireSession()))
        }
    }

    private var decide: Endpoint {
        Endpoint(
            "decideAccessRequest", .post, "/v1/access-requests/{id}/decision", "Approve or deny an access request", .needs(.read),
            parameters: Self.id,
            body: .object(
                name: "AccessRequestDecision", [Field("approve", .boolean), Field("comment", .text(maximum: 2_000), required: false)]),
            answer: AccessShapes.item
        ) { exchange in
            let id = try exchange.id("id", as: TaskID.self)
            let answer = try await services.access.decideTask(
                .init(
                    taskID: id.bytes, approve: exchange.body["approve"]?.boolValue ?? false, comment: exchange.body["comment"]?.stringValue ?? ""),
                options: exchange.writeOptions)
            guard let task = answer.task else { throw Problem.notFound }
            return .json(task.json(for: try exchange.requireSession()))
        }
    }
}

extension PolicyAccessV1.Task {
    fileprivate func json(for session: Session) -> JSONValue {
        let isParty = [requester, subject?.id ?? ""].contains { $0.lowercased() == session.principal.lowercased() }
        let hasVoted = votes.contains { $0.approver.lowercased() == session.principal.lowercased() }
        let holdsRole = gates.contains { session.roles.contains($0.role) }
        return [
            "id": .id(taskID), "status": .string(status), "requester": .string(requester), "subject": Self.json(subject),
            "action": .string(action), "resource": Self.json(resource), "properties": .document(inputJSON), "justification": .string(justification),
            "approvers": .array(
                gates.map { ["role": .string($0.role), "quorum": .int(Int64($0.quorum)), "ttl_seconds": .int(Int64($0.ttlSeconds))] }),
            "votes": .array(
                votes.map {
                    [
                        "role": .string($0.role), "approver": .string($0.approver), "approves": .bool($0.approves), "comment": .string($0.comment),
                        "at": .time($0.timeMicros),
                    ]
                }),
            "evaluation_id": .id(decisionID), "created_at": .time(createdMicros), "expires_at": .time(expiresMicros),
            "can_decide": .bool(status == "pending" && holdsRole && !isParty && !hasVoted),
        ]
    }

    private static func json(_ entity: PolicyV1.EntityReference?) -> JSONValue {
        ["type": .string(entity?.type ?? ""), "id": .string(entity?.id ?? "")]
    }
}
