internal import FoundationEssentials
internal import Identity
public import JSON
internal import Trust

extension RunPhase {
    var json: JSONValue {
        switch self {
        case .created: ["is": "created"]
        case .ready(let next): ["is": "ready", "next": .string(next)]
        case .deciding(let call): ["is": "deciding", "call": call.json]
        case .gated(let call, let request): ["is": "gated", "call": call.json, "request": request.json]
        case .calling(let call): ["is": "calling", "call": call.json]
        case .backingOff(let call, let reason): ["is": "backing-off", "call": call.json, "reason": .string(reason)]
        case .clarifying(let call, let request): ["is": "clarifying", "call": call.json, "request": request.json]
        case .approving(let request): ["is": "approving", "request": request.json]
        case .working(let request): ["is": "working", "request": request.json]
        case .sleeping: ["is": "sleeping"]
        case .awaiting(let kind): ["is": "awaiting", "kind": .string(kind)]
        case .joining: ["is": "joining"]
        case .running(let child): ["is": "running", "child": .string(child.description)]
        }
    }

    init(_ fields: StateReader) throws(CorruptRunState) {
        switch try fields.string("is") {
        case "created": self = .created
        case "deciding": self = .deciding(try PendingCall(fields.nested("call")))
        case "gated": self = .gated(try PendingCall(fields.nested("call")), try PersonRequest(fields.nested("request")))
        case "calling": self = .calling(try PendingCall(fields.nested("call")))
        case "backing-off": self = .backingOff(try PendingCall(fields.nested("call")), reason: try fields.string("reason"))
        case "clarifying": self = .clarifying(try PendingCall(fields.nested("call")), try PersonRequest(fields.nested("request")))
        case "approving": self = .approving(try PersonRequest(fields.nested("request")))
        case "working": self = .working(try PersonRequest(fields.nested("request")))
        case "sleeping": self = .sleeping
        case "awaiting": self = .awaiting(kind: try fields.string("kind"))
        case "joining": self = .joining
        case "running": self = .running(try fields.identifier("child"))
        case "ready": self = .ready(next: try fields.string("next"))
        default: throw CorruptRunState("phase")
        }
    }
}

extension PendingCall {
    var json: JSONValue {
        [
            "operation": .string(operation), "resource": ["type": .string(resource.type), "id": .string(resource.id)], "input": input,
            "attempt": .int(Int64(attempt)), "grants": .array(grants.map(\.json)),
            "answer": answer?.json ?? .null, "gates_opened": .int(Int64(gatesOpened)),
        ]
    }

    init(_ fields: StateReader) throws(CorruptRunState) {
        let operation = try fields.string("operation")
        // Format 1 knew connectors only.
        let resource = try fields.optional("resource") { reader throws(CorruptRunState) in
            PolicyResource(type: try reader.string("type"), id: try reader.string("id"))
        }
        self.init(
            operation: operation, resource: resource ?? .connector(String(operation.prefix { $0 != "." })), input: try fields.value("input"))
        attempt = Int(try fields.int("attempt"))
        gatesOpened = Int(try fields.int("gates_opened"))
        for grant in try fields.array("grants") { grants.append(try ApprovalGrant(StateReader(grant))) }
        let stored = try fields.value("answer")
        answer = stored.isNull ? nil : try PolicyAnswer(StateReader(stored))
    }
}

extension ApprovalGrant {
    var json: JSONValue {
        [
            "role": .string(role), "approver": .string(approver), "task": .string(task.description), "identity": .string(enforcedIdentity.hex),
            "expires": .int(expires),
        ]
    }

    init(_ fields: StateReader) throws(CorruptRunState) {
        self.init(
            role: try fields.string("role"), approver: try fields.string("approver"), task: try fields.identifier("task"),
            enforcedIdentity: try fields.digest("identity"), expires: try fields.int("expires"))
    }
}

extension PolicyAnswer {
    var json: JSONValue {
        [
            "decision": .string(decision.description), "verdict": .string(verdict.rawValue), "input": input,
            "identity": .string(enforcedIdentity.hex),
            "receipt": receiptDigest.map { .string($0.hex) } ?? .null,
            "receipt_id": receipt.map { .string($0.description) } ?? .null, "reason": .string(reason),
            "gates": .array(gates.map { ["policy": .string($0.policy), "role": .string($0.role), "ttl": .int(Int64($0.ttlSeconds))] }),
        ]
    }

    init(_ fields: StateReader) throws(CorruptRunState) {
        guard let verdict = Verdict(rawValue: try fields.string("verdict")) else { throw CorruptRunState("verdict") }
        var gates: [Gate] = []
        for gate in try fields.array("gates") {
            let fields = StateReader(gate)
            gates.append(Gate(policy: try fields.string("policy"), role: try fields.string("role"), ttlSeconds: Int(try fields.int("ttl"))))
        }
        self.init(
            decision: try fields.identifier("decision"), verdict: verdict, input: try fields.value("input"),
            enforcedIdentity: try fields.digest("identity"),
            receiptDigest: fields.json["receipt"]?.stringValue.flatMap(SHA256Digest.init(hex:)),
            receipt: fields.json["receipt_id"]?.stringValue.flatMap { ReceiptID($0) }, gates: gates, reason: try fields.string("reason"))
    }
}

extension PersonRequest {
    public var json: JSONValue {
        [
            "task": .string(task.description), "kind": .string(kind.rawValue), "role": .string(role), "title": .string(title), "subject": subject,
            "digest": .string(digest.hex), "excluded": .array(excluded.map(JSONValue.string)), "form": form.map(JSONValue.object) ?? .null,
            "ttl": .int(ttl.milliseconds), "reason": .string(reason), "decision": decision.map { .string($0.description) } ?? .null,
        ]
    }

    init(_ fields: StateReader) throws(CorruptRunState) {
        guard let kind = Kind(rawValue: try fields.string("kind")) else { throw CorruptRunState("kind") }
        self.init(
            task: try fields.identifier("task"), kind: kind, role: try fields.string("role"), title: try fields.string("title"),
            subject: try fields.value("subject"),
            digest: try fields.digest("digest"), excluded: try fields.array("excluded").compactMap(\.stringValue),
            form: fields.json["form"]?.objectValue,
            ttl: FlowDuration(milliseconds: try fields.int("ttl")), reason: try fields.string("reason"),
            decision: fields.json["decision"]?.stringValue.flatMap { DecisionID($0) })
    }
}
