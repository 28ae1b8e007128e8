internal import Cedar
internal import FoundationEssentials
internal import Identity
internal import JSON
internal import PolicyCore
internal import Trust

/// One decision as the log keeps it: all that cannot be filled in later.
struct DecisionRecord: Sendable {
    /// Which rules of evaluation answered.
    static let engine = "cedar-4.5/2"

    struct GateRecord: Sendable {
        var policy: String
        var kind: String
        var role: String
        var ttlSeconds: UInt32
        var quorum: UInt32
        /// Who has approved already, of a gate that needs more people.
        var approvedBy: [String] = []
    }

    var id: UUID
    var requestID: [UInt8]
    var requestDigest: SHA256Digest
    var contextDigest: SHA256Digest
    /// Nil in rows from before it was kept.
    var entitySliceDigest: SHA256Digest?
    var bundleDigest: SHA256Digest
    var principalType: String
    var principal: String
    var roles: [String]
    var action: String
    var resourceType: String
    var resource: String
    var verdict: Verdict
    var reason: String
    var determining: [String]
    var satisfiedPermits: [String]
    var satisfiedForbids: [String]
    var erring: [String]
    var gates: [GateRecord]
    var obligations: JSONValue
    var inputIdentity: SHA256Digest
    var enforcedIdentity: SHA256Digest
    var run: RunID?
    var step: String
    var session: String
    var receiptID: UUID
    var receiptDigest: SHA256Digest
    var time: Date
    /// Sealed on its own; nil where it was erased.
    var matter: DecisionMatter?
    var engine = Self.engine
    var mode = "enforce"
}

extension DecisionRecord {
    /// Without its receipt, which is made of it.
    init(_ asked: AskedDecision, _ judgement: Judgement, bundle: CompiledBundle, id: UUID) {
        let question = asked.question
        self.init(
            id: id, requestID: asked.requestID, requestDigest: asked.digest,
            contextDigest: SHA256Digest(hashing: JSONValue.object(question.context).encoded()),
            entitySliceDigest: EntitySlice.digest(question, in: bundle), bundleDigest: bundle.digest,
            principalType: question.principalType, principal: question.principal, roles: question.roles, action: question.action,
            resourceType: question.resourceType, resource: question.resource, verdict: judgement.verdict, reason: judgement.reason,
            determining: judgement.determining.map(\.description), satisfiedPermits: judgement.satisfiedPermits.map(\.description),
            satisfiedForbids: judgement.satisfiedForbids.map(\.description), erring: judgement.errors.map(\.policy.description),
            gates: judgement.gates.map { GateRecord($0, approvedBy: judgement.approvedBy[$0.policy] ?? []) },
            obligations: Self.obligations(of: judgement),
            inputIdentity: judgement.inputIdentity, enforcedIdentity: judgement.enforcedIdentity, run: asked.run, step: asked.step,
            session: asked.session, receiptID: UUIDv7.make(), receiptDigest: SHA256Digest(hashing: []), time: question.time,
            matter: DecisionMatter(
                context: question.context, input: question.input, enforcedInput: judgement.input, grants: asked.given))
    }

    /// What a caller must be able to do before it acts; one that cannot treats the answer as a denial.
    private static func obligations(of judgement: Judgement) -> JSONValue {
        .array(
            judgement.gates.map { gate in
                switch gate.kind {
                case .approval:
                    [
                        "id": "approval", "role": .string(gate.role), "quorum": .int(Int64(gate.quorum)),
                        "ttl_seconds": .int(Int64(gate.ttlSeconds ?? 0)),
                    ]
                case .redact: ["id": "redact", "paths": .array(gate.redactedPaths.map { .string($0.joined(separator: ".")) })]
                }
            })
    }
}

extension DecisionRecord.GateRecord {
    init(_ gate: Gate, approvedBy: [String]) {
        self.init(
            policy: gate.policy.description, kind: gate.kind.rawValue, role: gate.role, ttlSeconds: gate.ttlSeconds ?? 0, quorum: gate.quorum,
            approvedBy: approvedBy)
    }

    init(json: JSONValue) {
        self.init(
            policy: json["policy"]?.stringValue ?? "", kind: json["kind"]?.stringValue ?? "", role: json["role"]?.stringValue ?? "",
            ttlSeconds: UInt32(clamping: json["ttl_seconds"]?.intValue ?? 0),
            quorum: UInt32(clamping: json["quorum"]?.intValue ?? 1), approvedBy: json["approved_by"]?.arrayValue?.compactMap(\.stringValue) ?? [])
    }

    var json: JSONValue { .object(approvedBy.isEmpty ? facts : facts.merging(["approved_by": .array(approvedBy.map(JSONValue.string))])) }

    /// What a receipt says of it: it names no person.
    var facts: JSONObject {
        [
            "kind": .string(kind), "policy": .string(policy), "quorum": .int(Int64(quorum)), "role": .string(role),
            "ttl_seconds": .int(Int64(ttlSeconds)),
        ]
    }
}
