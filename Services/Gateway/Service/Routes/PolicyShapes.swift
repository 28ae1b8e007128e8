internal import GatewayCore

/// The named objects of policy governance.
enum PolicyShapes {
    typealias Field = Shape.Field

    private static let maybeDigest = Shape.nullable(Shapes.digest)

    /// What a bundle is made of, as it is sent. Tests may be text, so that a person's own lines are named where they are wrong.
    static let content = [
        Field("name", .text(maximum: 100)), Field("policies", Shapes.document), Field("entities", .any, required: false),
        Field("schema", Shapes.document, required: false), Field("tests", .any, required: false, "A list, or its text."),
        Field("expires_at", Shapes.maybeTime, required: false),
    ]
    static let draft = Shape.object(name: "BundleDraft", content)
    static let bundle = Shape.object(
        name: "Bundle",
        [
            Field("digest", Shapes.digest), Field("name", .text()), Field("policies", Shapes.document), Field("entities", .any),
            Field("schema", Shapes.document), Field("tests", .list(.any)), Field("expires_at", Shapes.maybeTime), Field("created_at", Shapes.time),
            Field("author", .text()), Field("active", .boolean), Field("blueprint_digest", maybeDigest),
        ])
    static let summary = Shape.object(
        name: "BundleSummary",
        [
            Field("digest", Shapes.digest), Field("name", .text()), Field("author", .text()), Field("created_at", Shapes.time),
            Field("expires_at", Shapes.maybeTime), Field("blueprint_digest", maybeDigest), Field("active", .boolean), Field("shadow", .boolean),
        ])
    static let problem = Shape.object(
        name: "PolicyProblem",
        [
            Field("line", .integer(), "From 1; 0 where it is of the whole."), Field("column", .integer()), Field("message", .text()),
            Field("policy_id", Shapes.maybeText), Field("fix", Shapes.maybeText),
            Field("source", .choice(["policies", "entities", "schema", "tests"])),
        ])
    static let testResult = Shape.object(
        name: "PolicyTestResult",
        [Field("name", .text()), Field("passed", .boolean), Field("expected", .text()), Field("found", .text())])
    static let check = Shape.object(
        name: "BundleCheck",
        [
            Field("digest", maybeDigest, "Null where it would be refused."), Field("problems", .list(problem)), Field("results", .list(testResult)),
        ])

    static let activationStates = Shape.choice(["stored", "awaiting-approval", "active", "rejected", "held"], name: "ActivationState")
    static let activated = Shape.object(
        name: "Activated",
        [
            Field("state", activationStates), Field("proposal_id", Shapes.maybeUUID), Field("receipt_id", Shapes.maybeUUID),
            Field("report", .nullable(report), "Of the replay that holds it."),
        ])
    static let published = Shape.object(
        name: "BundlePublished",
        [Field("digest", Shapes.digest), Field("results", .list(testResult)), Field("activation", .nullable(activated))])
    static let activation = Shape.object(
        name: "Activation",
        [
            Field("id", Shapes.uuid), Field("kind", .text(), "bundle, rollback, settings or tighten."), Field("digest", maybeDigest),
            Field("previous_digest", maybeDigest), Field("state", activationStates), Field("proposed_by", .text()),
            Field("decided_by", Shapes.maybeText), Field("note", .text()), Field("proposed_at", Shapes.time),
            Field("decided_at", Shapes.maybeTime), Field("receipt_id", Shapes.maybeUUID),
        ])
    static let difference = Shape.object(
        name: "BundleDifference",
        [
            Field(
                "changes",
                .list(
                    .object(
                        name: "PolicyChange",
                        [
                            Field("policy_id", .text()), Field("kind", .choice(["added", "removed", "changed"])), Field("before", .text()),
                            Field("after", .text()),
                        ]))),
            Field("entities_changed", .boolean), Field("schema_changed", .boolean),
        ])

    private static let words = Shape.choice(["allow", "redact", "require-approval", "redact-and-require-approval", "deny"], name: "VerdictWord")
    private static let example = Shape.object(
        name: "ReplayExample",
        [
            Field("decision", Shapes.uuid), Field("time", .text()), Field("principal", .text()), Field("action", .text()),
            Field("resource", .text()), Field("before", words), Field("after", words), Field("conditional", .boolean),
        ])
    private static let cell = Shape.object(
        name: "ReplayCell",
        [
            Field("before", words), Field("after", words), Field("count", .integer()), Field("conditional", .integer()),
            Field("outcomes", .map(.integer()), required: false), Field("spent_micros", .map(.integer()), required: false),
            Field("examples", .list(example), required: false),
        ])
    /// Canonical JSON as policy signed its digest.
    static let report = Shape.object(
        name: "ReplayReport",
        [
            Field("format", .text()), Field("draft", Shapes.digest), Field("bundles", .list(Shapes.digest)), Field("engine", .text()),
            Field("since", .text()), Field("until", .text()), Field("coverage", .map(.integer())), Field("matrix", .list(cell)),
            Field("loosened", .integer()), Field("tightened", .integer()), Field("sentence", .text()),
        ])
    static let replay = Shape.object(
        name: "Replay",
        [
            Field("problems", .list(problem)), Field("report", .nullable(report)), Field("report_digest", maybeDigest),
            Field("receipt_id", Shapes.maybeUUID),
        ])

    static let shadow = Shape.object(
        name: "Shadow",
        [
            Field("digest", maybeDigest),
            Field(
                "matrix",
                .list(
                    .object(
                        name: "VerdictPair",
                        [
                            Field("enforced", .choice(PolicyVerdicts.all)), Field("other", .choice(PolicyVerdicts.all)),
                            Field("count", .integer()),
                        ]))),
            Field(
                "divergences",
                .list(
                    .object(
                        name: "ShadowDivergence",
                        [
                            Field("decision_id", Shapes.uuid), Field("enforced", .choice(PolicyVerdicts.all)),
                            Field("shadow", .choice(PolicyVerdicts.all)), Field("determining", Shapes.texts), Field("principal", .text()),
                            Field("action", .text()), Field("resource", .text()), Field("at", Shapes.time), Field("reason", .text()),
                        ]))),
            Field("failed", .integer(), "Decisions that it could not judge."),
        ])
    static let proposal = Shape.object(
        name: "PolicyProposal",
        [
            Field("id", Shapes.digest, "The same whenever the same is suggested."), Field("kind", proposalKinds),
            Field("policy_id", Shapes.maybeText),
            Field("sentence", .text()), Field("tightens", .boolean), Field("draft", draft), Field("digest", Shapes.digest),
            Field("report", .nullable(report)), Field("evidence", .any),
        ])
    static let dismissed = Shape.object(
        name: "DismissedProposal",
        [
            Field("id", Shapes.digest), Field("kind", proposalKinds), Field("policy_id", Shapes.maybeText), Field("sentence", .text()),
            Field("reason", .text()), Field("dismissed_by", .text()), Field("dismissed_at", Shapes.time), Field("receipt_id", Shapes.maybeUUID),
        ])
    private static let proposalKinds = Shape.choice(["unused-permit", "always-approved", "burst", "novel-tuple"], name: "ProposalKind")
    static let settings = [
        Field("two_person", .boolean, "Who proposes an activation does not approve it."), Field("tighten_automatically", .boolean),
        Field("replay_seconds", .integer(0...31_536_000), "Replayed before an activation; 0 for no replay."),
    ]

    private static let explainedStep = Shape.object(
        name: "ExplainedStep",
        [
            Field("line", .integer()), Field("column", .integer()), Field("depth", .integer()), Field("text", .text()),
            Field("outcome", .choice(["value", "fault", "failed", "skipped"])), Field("result", .text()),
        ])
    static let explanation = Shape.object(
        name: "DecisionExplanation",
        [
            Field("decision", Shapes.decision), Field("gap", Shapes.maybeText, "Why there is no more to say."),
            Field(
                "policies",
                .list(
                    .object(
                        name: "ExplainedPolicy",
                        [
                            Field("policy_id", .text()), Field("effect", .choice(["permit", "forbid"])), Field("line", .integer()),
                            Field("outcome", .choice(["satisfied", "scope", "condition", "error"])), Field("sentence", .text()),
                            Field("because", Shapes.texts), Field("decisive", .nullable(explainedStep)), Field("steps", .list(explainedStep)),
                            Field("steps_cut", .boolean), Field("determining", .boolean),
                        ]))),
            Field("changes", Shapes.texts, "Made together, they would flip it."),
            Field("changed_to", .nullable(.choice(["allow", "deny"]))),
        ])
}
