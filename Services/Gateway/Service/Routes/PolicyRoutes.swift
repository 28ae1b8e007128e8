internal import FoundationEssentials
internal import GatewayCore
internal import HTTPTypes
internal import Identity
internal import JSON
internal import RPC
internal import Trust
internal import Wire

/// How policies come into force, what they would have done, and why they decided as they did.
struct PolicyRoutes: Sendable {
    /// A window of the log may be long.
    static let replayTimeout: Duration = .seconds(60)

    let services: Backends
    private typealias Field = Shape.Field

    init(services: Backends) { self.services = services }

    var endpoints: [Endpoint] {
        [
            bundles, bundle, check, publish, activate, activations, decide, difference, replay, shadow, setShadow, proposals, settings,
            putSettings, decision, explanation,
        ]
    }

    // MARK: Bundles

    private var bundles: Endpoint {
        Endpoint(
            "listBundles", .get, "/v1/policies/bundles", "Bundles of policies, newest first", .needs(.read), query: Shapes.paging,
            answer: Shapes.page("BundlePage", of: PolicyShapes.summary)
        ) { exchange in
            let answer = try await services.governance.listBundles(.init(page: try exchange.page()), options: exchange.options)
            return .json(.page(answer.bundles.map(\.json), cursor: answer.nextCursor))
        }
    }

    private var bundle: Endpoint {
        Endpoint(
            "getBundle", .get, "/v1/policies/bundles/{digest}", "One bundle with its policies, schema and tests", .needs(.read),
            parameters: [Field("digest", Shapes.digest)], answer: PolicyShapes.bundle
        ) { exchange in
            let answer = try await services.governance.getBundle(.init(digest: try exchange.digest("digest")), options: exchange.options)
            guard let bundle = answer.bundle else { throw Problem.notFound }
            return .json(bundle.json)
        }
    }

    private var check: Endpoint {
        Endpoint(
            "checkBundle", .post, "/v1/policies/check", "Check a draft and run its tests; nothing is stored", .needs(.policy), write: .checked,
            body: PolicyShapes.draft, answer: PolicyShapes.check
        ) { exchange in
            let answer = try await services.governance.testBundle(.init(content: .init(body: exchange.body)), options: exchange.options)
            return .json([
                "digest": .digest(answer.digest), "problems": .array(answer.problems.map(\.json)), "results": .array(answer.results.map(\.json)),
            ])
        }
    }

    private var publish: Endpoint {
        Endpoint(
            "publishBundle", .post, "/v1/policies/bundles", "Store a bundle whose checks and tests pass, and put it in force", .needs(.policy),
            body: .object(
                name: "BundlePublish",
                PolicyShapes.content + [
                    Field("activate", .boolean), Field("note", .text(maximum: 500), required: false),
                    Field("accept_loosening", .boolean, required: false, "Where a replay would hold it."),
                ]),
            answer: PolicyShapes.published
        ) { exchange in
            let answer = try await services.governance.publishBundle(
                .init(
                    content: .init(body: exchange.body), activate: exchange.body["activate"]?.boolValue ?? false,
                    note: exchange.body["note"]?.stringValue ?? "", acceptLoosening: exchange.body["accept_loosening"]?.boolValue ?? false),
                options: exchange.writeOptions(timeout: Self.replayTimeout))
            guard answer.problems.isEmpty else { throw Self.refusal(answer.problems, answer.results) }
            return .json([
                "digest": .digest(answer.digest), "results": .array(answer.results.map(\.json)), "activation": answer.activation?.json ?? .null,
            ])
        }
    }

    private static func refusal(_ problems: [PolicyV1.PolicyProblem], _ results: [PolicyGovernanceV1.TestResult]) -> Problem {
        Problem(
            422, code: "POLICY_INVALID", title: "The policies have errors and were not stored", detail: problems.first?.message ?? "",
            errors: problems.map(\.fieldProblem),
            members: ["problems": .array(problems.map(\.json)), "results": .array(results.map(\.json))])
    }

    // MARK: What is in force

    private var activate: Endpoint {
        Endpoint(
            "activateBundle", .post, "/v1/policies/bundles/{digest}/activation", "Put a stored bundle in force, or one from before again",
            .needs(.policy), parameters: [Field("digest", Shapes.digest)],
            body: .object(
                name: "BundleActivate",
                [
                    Field("note", .text(maximum: 500), required: false), Field("rollback", .boolean, required: false, "It was in force before."),
                    Field("accept_loosening", .boolean, required: false),
                ]),
            answer: PolicyShapes.activated
        ) { exchange in
            let answer = try await services.governance.activateBundle(
                .init(
                    digest: try exchange.digest("digest"), note: exchange.body["note"]?.stringValue ?? "",
                    acceptLoosening: exchange.body["accept_loosening"]?.boolValue ?? false, rollback: exchange.body["rollback"]?.boolValue ?? false),
                options: exchange.writeOptions(timeout: Self.replayTimeout))
            return .json(answer.json)
        }
    }

    private var activations: Endpoint {
        Endpoint(
            "listActivations", .get, "/v1/policies/activations", "What came into force, and what waits for somebody, newest first", .needs(.read),
            query: Shapes.paging, answer: Shapes.page("ActivationPage", of: PolicyShapes.activation)
        ) { exchange in
            let answer = try await services.governance.listActivations(.init(page: try exchange.page()), options: exchange.options)
            return .json(.page(answer.activations.map(\.json), cursor: answer.nextCursor))
        }
    }

    private var decide: Endpoint {
        Endpoint(
            "decideActivation", .post, "/v1/policies/activations/{id}/decision", "Answer what somebody else proposed", .needs(.approvePolicy),
            parameters: [Field("id", Shapes.uuid)], body: .object(name: "ActivationDecide", [Field("approve", .boolean)]),
            answer: .object(
                name: "ActivationDecided", [Field("state", PolicyShapes.activationStates), Field("receipt_id", Shapes.maybeUUID)])
        ) { exchange in
            guard let id = UUID(uuidString: exchange.text("id")) else { throw Problem.notFound }
            let answer = try await services.governance.decideActivation(
                .init(proposalID: id.bytes, approve: exchange.body["approve"]?.boolValue ?? false), options: exchange.writeOptions)
            return .json(["state": .string(answer.state.text), "receipt_id": .id(answer.receiptID)])
        }
    }

    private var difference: Endpoint {
        Endpoint(
            "diffBundles", .get, "/v1/policies/diff", "What two bundles say otherwise; layout does not count", .needs(.read),
            query: [
                Field("from", Shapes.digest, required: false, "The one in force if absent."), Field("to", Shapes.digest),
            ],
            answer: PolicyShapes.difference
        ) { exchange in
            let bytes = { (name: String) in SHA256Digest(hex: exchange.query[name] ?? "")?.bytes ?? [] }
            guard exchange.query["to"] != nil else { throw Problem.invalid("to", "is missing", fix: "name the bundle") }
            let answer = try await services.governance.diffBundles(
                .init(fromDigest: bytes("from"), toDigest: bytes("to")), options: exchange.options)
            let changes = answer.changes.map { change -> JSONValue in
                [
                    "policy_id": .string(change.policyID), "kind": .string(change.kind), "before": .string(change.before),
                    "after": .string(change.after),
                ]
            }
            return .json([
                "changes": .array(changes), "entities_changed": .bool(answer.entitiesChanged), "schema_changed": .bool(answer.schemaChanged),
            ])
        }
    }

    // MARK: What would have been

    private var replay: Endpoint {
        Endpoint(
            "replayPolicies", .post, "/v1/policies/replays", "What a draft, or a stored bundle, would have decided", .needs(.policy), write: .checked,
            body: .object(
                name: "ReplayAsk",
                [
                    Field("digest", .nullable(Shapes.digest), required: false), Field("draft", .nullable(PolicyShapes.draft), required: false),
                    Field("since", Shapes.time), Field("until", Shapes.maybeTime, required: false),
                    Field("full", .boolean, required: false, "Weighs every decision anew."),
                    Field("examples", .integer(1...50), required: false, "Of each pair of verdicts."),
                    Field("replay_id", Shapes.uuid, required: false, "Made by the caller; under it one can ask how far the replay is."),
                ]),
            answer: PolicyShapes.replay
        ) { exchange in
            let body = exchange.body
            let digest = body["digest"]?.stringValue.flatMap { SHA256Digest(hex: $0) }
            let draft = body["draft"].flatMap { $0.isNull ? nil : PolicyGovernanceV1.BundleContent(body: $0) }
            guard (digest == nil) != (draft == nil) else {
                throw Problem.invalid("/draft", "or digest must be sent, and not both", fix: "say what to replay")
            }
            let micros = { (name: String) in body[name]?.stringValue.flatMap { Timestamp(text: $0)?.micros } ?? 0 }
            var options = exchange.options
            options.timeout = Self.replayTimeout
            let answer = try await services.governance.replay(
                .init(
                    digest: digest?.bytes ?? [], draft: draft, sinceMicros: micros("since"), untilMicros: micros("until"),
                    full: body["full"]?.boolValue ?? false, examples: UInt32(clamping: body["examples"]?.intValue ?? 0),
                    replayID: body["replay_id"]?.stringValue.flatMap { UUID(uuidString: $0)?.bytes } ?? []), options: options)
            return .json([
                "problems": .array(answer.problems.map(\.json)), "report": .document(answer.reportJSON),
                "report_digest": .digest(answer.reportDigest), "receipt_id": .id(answer.receiptID),
            ])
        }
    }

    private var shadow: Endpoint {
        Endpoint(
            "getShadow", .get, "/v1/policies/shadow", "What the bundle in the shadow would have said", .needs(.read),
            query: [Field("since", Shapes.time, required: false)], answer: PolicyShapes.shadow
        ) { exchange in
            let since = exchange.query["since"].flatMap { Timestamp(text: $0)?.micros } ?? 0
            let answer = try await services.governance.getShadow(.init(sinceMicros: since, limit: 50), options: exchange.options)
            let matrix = answer.matrix.map { pair -> JSONValue in
                ["enforced": .string(pair.enforced.text), "other": .string(pair.other.text), "count": .int(Int64(clamping: pair.count))]
            }
            return .json([
                "digest": .digest(answer.digest), "matrix": .array(matrix), "divergences": .array(answer.divergences.map(\.json)),
                "failed": .int(Int64(clamping: answer.failed)),
            ])
        }
    }

    private var setShadow: Endpoint {
        Endpoint(
            "setShadow", .put, "/v1/policies/shadow", "Ask a second bundle beside the one in force; null ends it", .needs(.policy),
            body: .object(name: "ShadowPut", [Field("digest", .nullable(Shapes.digest))]), answer: nil, status: 204
        ) { exchange in
            let digest = exchange.body["digest"]?.stringValue.flatMap { SHA256Digest(hex: $0) }
            _ = try await services.governance.setShadow(.init(digest: digest?.bytes ?? []), options: exchange.writeOptions)
            return .empty()
        }
    }

    private var proposals: Endpoint {
        Endpoint(
            "listPolicyProposals", .get, "/v1/policies/proposals", "What the log of decisions suggests, each with its replay", .needs(.policy),
            query: [Field("since", Shapes.time, required: false)],
            answer: .object(
                name: "PolicyProposals", [Field("items", .list(PolicyShapes.proposal)), Field("dismissed", .list(PolicyShapes.dismissed))])
        ) { exchange in
            var options = exchange.options
            options.timeout = Self.replayTimeout
            let since = exchange.query["since"].flatMap { Timestamp(text: $0)?.micros } ?? 0
            let answer = try await services.governance.listProposals(.init(sinceMicros: since), options: options)
            return .json(["items": .array(answer.proposals.map(\.json)), "dismissed": .array(answer.dismissed.map(\.json))])
        }
    }

    // MARK: Rules of activation

    private var settings: Endpoint {
        Endpoint(
            "getPolicySettings", .get, "/v1/policies/settings", "How policies come into force here", .needs(.read),
            answer: .object(
                name: "PolicySettings", PolicyShapes.settings + [Field("blueprint_digest", .nullable(Shapes.digest), "Of the agency.")])
        ) { exchange in
            let answer = try await services.governance.getSettings(.init(), options: exchange.options)
            let settings = answer.settings ?? .init()
            return .json([
                "two_person": .bool(settings.twoPerson), "tighten_automatically": .bool(settings.tightenAutomatically),
                "replay_seconds": .int(Int64(settings.replaySeconds)), "blueprint_digest": .digest(answer.blueprintDigest),
            ])
        }
    }

    private var putSettings: Endpoint {
        Endpoint(
            "putPolicySettings", .put, "/v1/policies/settings", "Change how policies come into force; to lift the rule of two takes two",
            .needs(.policy), body: .object(name: "PolicySettingsPut", PolicyShapes.settings),
            answer: .object(
                name: "PolicySettingsSet", [Field("state", PolicyShapes.activationStates), Field("proposal_id", Shapes.maybeUUID)])
        ) { exchange in
            let settings = PolicyGovernanceV1.Settings(
                twoPerson: exchange.body["two_person"]?.boolValue ?? false,
                tightenAutomatically: exchange.body["tighten_automatically"]?.boolValue ?? false,
                replaySeconds: UInt32(clamping: exchange.body["replay_seconds"]?.intValue ?? 0))
            let answer = try await services.governance.putSettings(.init(settings: settings), options: exchange.writeOptions)
            return .json(["state": .string(answer.state.text), "proposal_id": .id(answer.proposalID)])
        }
    }

    // MARK: One decision

    private var decision: Endpoint {
        Endpoint(
            "getDecision", .get, "/v1/decisions/{id}", "One decision", .needs(.read), parameters: [Field("id", Shapes.uuid)],
            answer: Shapes.decision
        ) { exchange in
            let id: DecisionID = try exchange.id("id")
            let answer = try await services.policy.getDecision(.init(decisionID: id.bytes), options: exchange.options)
            guard let decision = answer.decision else { throw Problem.notFound }
            return .json(decision.json)
        }
    }

    private var explanation: Endpoint {
        Endpoint(
            "explainDecision", .get, "/v1/decisions/{id}/explanation", "Why it was decided so, and what would have flipped it", .needs(.read),
            parameters: [Field("id", Shapes.uuid)], answer: PolicyShapes.explanation
        ) { exchange in
            let id: DecisionID = try exchange.id("id")
            let answer = try await services.governance.explainDecision(.init(decisionID: id.bytes), options: exchange.options)
            guard let decision = answer.decision else { throw Problem.notFound }
            return .json([
                "decision": decision.json, "gap": .orNull(answer.gap), "policies": .array(answer.policies.map(\.json)),
                "changes": .texts(answer.changes), "changed_to": .orNull(answer.changedTo),
            ])
        }
    }
}

extension Exchange {
    fileprivate func digest(_ name: String) throws(Problem) -> [UInt8] {
        guard let digest = SHA256Digest(hex: text(name)) else { throw .invalid(name, "is no digest", fix: "send 64 lower-case hexadecimal digits") }
        return digest.bytes
    }

    fileprivate func writeOptions(timeout: Duration) -> CallOptions {
        var options = writeOptions
        options.timeout = timeout
        return options
    }
}
