public import Identity
public import JSON
public import Trust

/// A receipt as its payload says it: an in-toto Statement v1 with a predicate of this platform.
public struct ReceiptStatement: Hashable, Sendable {
    public struct Emitter: Hashable, Sendable {
        public let service: ServiceName
        public let instance: String
        public let position: EmitterPosition
    }

    public let id: ReceiptID
    public let kind: ReceiptKind
    public let tenantOrigin: String
    public let emitter: Emitter
    public let run: RunID?
    public let step: String?
    public let phase: ReceiptPhase
    public let causes: [SHA256Digest]
    public let policyDecision: SHA256Digest?
    /// The W3C trace that the act was part of, where there was one: it joins the receipt to logs and spans.
    public let trace: String?
    public let subject: [ReceiptSubject]
    public let outcome: String
    public let time: ReceiptTime
    public let facts: JSONObject
    /// Digests of disclosures (RFC 9901), real ones and decoys.
    public let disclosureDigests: [String]

    static let statementType = "https://in-toto.io/Statement/v1"
    static let disclosureAlgorithm = "sha-256"
}

extension ReceiptStatement {
    /// The payload: RFC 8785 of the statement, so that equal statements have equal bytes.
    public func payload() throws(ReceiptError) -> [UInt8] {
        do {
            return try json.canonical()
        } catch {
            throw ReceiptError("statement", error.description)
        }
    }

    var json: JSONValue {
        [
            "_type": .string(Self.statementType),
            "subject": .array(subject.map { ["name": .string($0.name), "digest": ["sha256": .string($0.digest.hex)]] }),
            "predicateType": .string(kind.predicateType),
            "predicate": predicate,
        ]
    }

    private var predicate: JSONValue {
        var members: JSONObject = [
            "id": .string(id.description),
            "tenant": .string(tenantOrigin),
            "emitter": [
                "service": .string(emitter.service.rawValue), "instance": .string(emitter.instance), "epoch": .int(emitter.position.epoch),
                "seq": .int(emitter.position.sequence), "prev": Self.text(emitter.position.previous?.hex),
            ],
            "run": Self.text(run?.description),
            "step": Self.text(step),
            "phase": .string(phase.rawValue),
            "causes": .array(causes.map { .string($0.hex) }),
            "policy_decision": Self.text(policyDecision?.hex),
            "outcome": .string(outcome),
            "time": .string(time.text),
            "facts": .object(facts),
            "_sd": .array(disclosureDigests.map { .string($0) }),
            "_sd_alg": .string(Self.disclosureAlgorithm),
        ]
        // Not null where there is none: receipts from before it was kept say the same bytes again.
        if let trace { members["trace"] = .string(trace) }
        return .object(members)
    }

    private static func text(_ value: String?) -> JSONValue { value.map { .string($0) } ?? .null }
}
