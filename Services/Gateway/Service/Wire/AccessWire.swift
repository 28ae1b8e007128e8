internal import FoundationEssentials
internal import GatewayCore
internal import Identity
internal import JSON
internal import RPC
internal import Wire

extension AccessQuestion {
    /// - Parameter roles: Of the subject in the tenant's directory.
    func wire(roles: [String]) -> PolicyAccessV1.Question {
        let seen = AccessContext(self)
        // An id that is none names no approval, and is answered as one that cannot be found.
        let approval = seen.approval.map { $0["id"]?.stringValue.flatMap { UUID(uuidString: $0) }?.bytes ?? Array(repeating: 0, count: 16) }
        return PolicyAccessV1.Question(
            subject: PolicyV1.EntityReference(type: subject.type, id: subject.id), subjectRoles: roles, action: action,
            resource: PolicyV1.EntityReference(type: resource.type, id: resource.id),
            contextJSON: seen.context.isEmpty ? [] : JSONValue.object(seen.context).encoded(),
            inputJSON: seen.input.isEmpty ? [] : JSONValue.object(seen.input).encoded(), approvalID: approval ?? [])
    }
}

extension AccessBatch.Semantic {
    var wire: PolicyAccessV1.Semantic {
        switch self {
        case .executeAll: .executeAll
        case .denyOnFirstDeny: .denyOnFirstDeny
        case .permitOnFirstPermit: .permitOnFirstPermit
        }
    }
}

extension AccessPart {
    var wire: PolicyAccessV1.SearchKind {
        switch self {
        case .subject: .subject
        case .resource: .resource
        case .action: .action
        }
    }
}

extension AccessAnswer {
    /// Nil where there is no decision, which is a denial.
    ///
    /// - Parameter isOwn: Whether the subject itself asks: reasons that are for administrators are not for it.
    init?(_ answer: PolicyAccessV1.Answer, isOwn: Bool) {
        guard let decision = answer.decision else { return nil }
        let isPermitted = decision.verdict == .allow || decision.verdict == .redact
        self.init(
            isPermitted: isPermitted, evaluation: UUID(bytes: decision.decisionID)?.lowercased ?? "", time: Timestamp(micros: decision.timeMicros),
            sentence: isOwn ? "" : decision.reason)
        obligations = AccessAnswer.obligations(decision.obligationsJSON)
        if decision.verdict == .redact { input = try? JSONValue(parsing: decision.inputJSON) }
        needs = decision.gates.filter { $0.gate == "approval" }.map {
            Need(role: $0.role, quorum: max(1, Int($0.quorum)), ttlSeconds: Int($0.ttlSeconds))
        }
        requestableUntil = answer.requestableUntilMicros > 0 ? Timestamp(micros: answer.requestableUntilMicros) : nil
        approval = answer.approval.flatMap(Approval.init)
        approvalProblem = answer.approvalProblem
    }

    /// What cannot be read is still an obligation, which nobody can meet.
    static func obligations(_ bytes: [UInt8]) -> [JSONValue] {
        if bytes.isEmpty { return [] }
        return (try? JSONValue(parsing: bytes))?.arrayValue ?? [["id": "unreadable"]]
    }
}

extension AccessAnswer.Approval {
    init?(_ approval: PolicyAccessV1.Approval) {
        guard let id = UUID(bytes: approval.approvalID) else { return nil }
        self.init(
            id: id.lowercased, approved: Timestamp(micros: approval.approvedMicros), until: Timestamp(micros: approval.approvedUntilMicros))
    }
}

extension PolicyAccessV1.Fault {
    /// Where in the caller's request it lies.
    var pointer: String {
        switch field {
        case "principal.type": "/subject/type"
        case "principal.id": "/subject/id"
        case "resource.type": "/resource/type"
        case "resource.id": "/resource/id"
        case "action": "/action/name"
        case "context_json": "/context"
        case "input_json": "/action/properties"
        default: "/\(field)"
        }
    }

    var problem: Problem {
        Problem.invalid(pointer, message, fix: fix)
    }

    var json: JSONValue {
        [
            "decision": false,
            "context": [
                "reason": "evaluation_failed",
                "error": ["status": 400, "message": .string("\(pointer): \(message)"), "fix": .string(fix)],
            ],
        ]
    }
}
