internal import GatewayCore

/// The objects of AuthZEN and its profiles. They are open: what one side does not know of the other it leaves alone.
enum AccessShapes {
    private typealias Field = Shape.Field

    static let requestID = Shape.Field("X-Request-ID", .text(maximum: 200), required: false, "Comes back with the answer.")

    private static let name = Shape.text(maximum: AccessQuestionReader.nameBytesMax)
    private static let properties = Field("properties", .map(.any), required: false)
    private static let subject = Shape.described(
        name: "AccessSubject",
        [
            Field("type", name, "An entity type of the policies, such as User."), Field("id", name, "Of a person: the e-mail address."),
            Field("properties", .map(.any), required: false, "context.subject to the policies."),
        ])
    private static let resource = Shape.described(
        name: "AccessResource",
        [
            Field("type", name, "An entity type of the policies, such as Connector."), Field("id", name),
            Field("properties", .map(.any), required: false, "context.resource to the policies."),
        ])
    private static let action = Shape.described(
        name: "AccessAction",
        [
            Field("name", name, "Action::\"…\" of the policies."),
            Field("properties", .map(.any), required: false, "The arguments: context.input to the policies."),
        ])
    private static let context = Field("context", .map(.any), required: false)
    private static let question = [Field("subject", subject), Field("action", action), Field("resource", resource), context]
    private static func optional(_ fields: [Field]) -> [Field] { fields.map { Field($0.name, $0.shape, required: false, $0.about) } }

    static let evaluation = Shape.described(name: "AccessEvaluation", question)
    static let evaluations = Shape.described(
        name: "AccessEvaluations",
        optional(question) + [
            Field(
                "evaluations",
                .list(.described(name: "AccessEvaluationPart", optional(question)), maximum: AccessBatch.questionsMax), required: false,
                "At most \(AccessBatch.questionsMax); what one does not say it takes from the members beside this one."),
            Field(
                "options",
                .described(
                    name: "AccessEvaluationsOptions",
                    [Field("evaluations_semantic", .choice(AccessBatch.Semantic.allCases.map(\.rawValue)), required: false)]), required: false),
        ])

    private static func maybe(_ name: String, _ shape: Shape, _ about: String) -> Field { Field(name, shape, required: false, about) }

    static let decision = Shape.described(
        name: "AccessDecision",
        [
            Field("decision", .boolean, "False is a denial, whatever stands beside it."),
            Field(
                "context",
                .described(
                    name: "AccessDecisionContext",
                    [
                        maybe("evaluation_id", Shapes.uuid, "Of the decision log."), maybe("evaluated_at", Shapes.time, ""),
                        maybe("reason", .text(), "What programs tell one denial from another by."),
                        maybe("reason_user", .map(.text()), "By language."),
                        maybe("reason_admin", .map(.text()), "By language; not for the subject."),
                        maybe(
                            "obligations", .list(obligation),
                            "Whoever cannot meet all of them must treat the answer as a denial."),
                        maybe("access_request", accessRequest, "An approval would turn the denial, and can be asked for."),
                        maybe("approval", .map(.any), "The approval that counted."),
                        maybe("next_action", .choice(["request", "none"]), "After an approval that did not count."),
                        maybe("error", .map(.any), "Why this one of several could not be decided."),
                    ]), required: false),
        ])
    static let decisions = Shape.described(
        name: "AccessDecisions",
        [
            Field("evaluations", .list(decision), required: false, "In the order of the questions; fewer where the semantic stops early."),
            Field("decision", .boolean, required: false, "Where the request had no evaluations."),
        ])
    private static let obligation = Shape.described(
        name: "AccessObligation",
        [
            Field("type", .choice(AccessMetadata.obligations)), Field("id", .text()), Field("vendor", .text()),
            Field("action", .text(), "redact: use `properties` in place of what was asked."), properties,
        ])
    private static let need = Shape.object(
        name: "AccessApprovers", [Field("role", .text()), Field("quorum", .integer()), Field("ttl_seconds", .integer())])
    private static let accessRequest = Shape.described(
        name: "AccessRequestHint",
        [
            Field("endpoint", .text()), Field("template", .text()), Field("expires_at", Shapes.time, "Until when it can be asked for."),
            Field("display", .map(.text())), Field("urn:provable:approvers", .list(need)),
        ])

    static let metadata = Shape.described(
        name: "AccessMetadata",
        [
            "policy_decision_point", "access_evaluation_endpoint", "access_evaluations_endpoint", "search_subject_endpoint",
            "search_resource_endpoint", "search_action_endpoint", "access_request_endpoint",
        ].map { Field($0, .text()) } + [Field("capabilities", Shapes.texts), Field("obligations_supported", Shapes.texts)])
}

// MARK: Search

extension AccessShapes {
    static func summary(ofSearch part: AccessPart) -> String {
        switch part {
        case .subject: "Who may do this?"
        case .resource: "On what may the subject do this?"
        case .action: "What may the subject do with this?"
        }
    }

    static func search(_ part: AccessPart) -> Shape {
        let fields = question.map { Field($0.name, $0.name == part.rawValue ? open(part) : $0.shape, required: $0.isRequired, $0.about) }
        return .described(
            name: "Access\(part.title)Search",
            fields.filter { part != .action || $0.name != "action" } + [
                Field(
                    "page",
                    .described(
                        name: "AccessPage",
                        [
                            Field("token", .text(), required: false, "next_token of the page before; the rest of the request is as it was."),
                            Field("limit", .integer(0...Int64.max), required: false, "50 if absent; at most 200 are sent."),
                        ]), required: false)
            ])
    }

    /// Of what is looked for only the type is said.
    private static func open(_ part: AccessPart) -> Shape {
        .described(
            name: "AccessOpen\(part.title)", [Field("type", name), Field("properties", .map(.any), required: false)])
    }

    static func results(_ part: AccessPart) -> Shape {
        let obligations = Field(
            "context", .map(.any), required: false, "With obligations: whoever cannot meet them leaves this one out.")
        let item =
            part == .action
            ? Shape.described(name: "AccessFoundAction", [Field("name", .text()), obligations])
            : Shape.described(name: "AccessFound", [Field("type", .text()), Field("id", .text()), obligations])
        return .described(
            name: "AccessFound\(part.title)s",
            [
                Field(
                    "page",
                    .described(
                        name: "AccessFoundPage",
                        [Field("next_token", .text(), "Empty where nothing is left."), Field("count", .integer())])),
                Field("results", .list(item)),
            ])
    }
}

// MARK: Access requests

extension AccessShapes {
    static let submission = Shape.described(
        name: "AccessRequest",
        question + [
            Field(
                "denial",
                .described(
                    name: "AccessDenial",
                    [Field("evaluation_id", .text(), "context.evaluation_id of the denial."), Field("expires_at", .text(), "As it came.")])),
            Field(
                "requested_access",
                .described(name: "RequestedAccess", [Field("requested_until", .text(), required: false, "RFC 3339.")]), required: false),
        ])
    static let cancellation = Shape.described(
        name: "AccessRequestCancellation", [Field("reason", .text(), required: false), Field("comment", .text(), required: false)])
    static let statuses = ["pending", "approved", "denied", "expired", "cancelled"]
    static let task = Shape.described(
        name: "AccessTask",
        [
            Field(
                "task",
                .described(
                    name: "AccessTaskHandle",
                    [
                        Field("id", Shapes.uuid), Field("status", .choice(statuses, name: "AccessTaskStatus")), Field("status_endpoint", .text()),
                        Field("expires_at", Shapes.time), Field("links", .map(.text()), required: false), Field("display", .map(.text())),
                    ])),
            Field("result", .map(.any), required: false, "Where it was approved: evaluate again with `approval` as context.approval."),
        ])
    private static let vote = Shape.object(
        name: "AccessVote",
        [
            Field("role", .text()), Field("approver", .text()), Field("approves", .boolean), Field("comment", .text()), Field("at", Shapes.time),
        ])
    static let item = Shape.object(
        name: "AccessRequestItem",
        [
            Field("id", Shapes.uuid), Field("status", .choice(statuses, name: "AccessTaskStatus")), Field("requester", .text()),
            Field("subject", entity), Field("action", .text()), Field("resource", entity),
            Field("properties", .any, "The arguments, as they will be used."), Field("justification", .text()), Field("approvers", .list(need)),
            Field("votes", .list(vote)), Field("evaluation_id", Shapes.uuid), Field("created_at", Shapes.time), Field("expires_at", Shapes.time),
            Field("can_decide", .boolean),
        ])
    private static let entity = Shape.object(name: "AccessEntity", [Field("type", .text()), Field("id", .text())])
}
