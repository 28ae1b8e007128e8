internal import GatewayCore
internal import JSON
internal import Wire

extension PolicyV1.Bundle {
    var json: JSONValue {
        [
            "digest": .digest(digest), "name": .string(name), "policies": .string(policies), "entities": .document(entitiesJSON),
            "schema": .string(schema), "tests": .documents(testsJSON), "expires_at": .time(expiresMicros), "created_at": .time(createdMicros),
            "author": .string(author), "active": .bool(active), "blueprint_digest": .digest(blueprintDigest),
        ]
    }
}

extension PolicyV1.PolicyProblem {
    /// The shape that problems of a check have.
    var json: JSONValue {
        [
            "line": .int(Int64(line)), "column": .int(Int64(column)), "message": .string(message), "policy_id": .orNull(policyID),
            "fix": .orNull(fix), "source": .string(source.isEmpty ? "policies" : source),
        ]
    }

    /// As a field of a request that was refused.
    var fieldProblem: FieldProblem {
        let place = policyID.isEmpty ? "mend line \(line)" : "mend the policy \(policyID), line \(line)"
        return FieldProblem(
            field: "/\(source.isEmpty ? "policies" : source)", message: message, fix: fix.isEmpty ? place : fix,
            members: ["line": .int(Int64(line)), "column": .int(Int64(column)), "policy_id": .string(policyID)])
    }
}

extension PolicyGovernanceV1.TestResult {
    var json: JSONValue {
        ["name": .string(name), "passed": .bool(passed), "expected": .string(expected), "found": .string(found)]
    }
}

extension PolicyGovernanceV1.BundleSummary {
    var json: JSONValue {
        [
            "digest": .digest(digest), "name": .string(name), "author": .string(author), "created_at": .time(createdMicros),
            "expires_at": .time(expiresMicros), "blueprint_digest": .digest(blueprintDigest), "active": .bool(active), "shadow": .bool(shadow),
        ]
    }
}

extension PolicyGovernanceV1.BundleContent {
    var json: JSONValue {
        [
            "name": .string(name), "policies": .string(policies), "entities": .document(entitiesJSON), "schema": .string(schema),
            "tests": .documents(testsJSON), "expires_at": .time(expiresMicros),
        ]
    }

    /// From a body that was checked against its shape.
    init(body: JSONValue) {
        self.init(
            name: body["name"]?.stringValue ?? "", policies: body["policies"]?.stringValue ?? "", entitiesJSON: Self.bytes(body["entities"]),
            schema: body["schema"]?.stringValue ?? "", testsJSON: Self.tests(body["tests"]),
            expiresMicros: body["expires_at"]?.stringValue.flatMap { Timestamp(text: $0)?.micros } ?? 0)
    }

    private static func bytes(_ value: JSONValue?) -> [UInt8] { value.map { $0.isNull ? [] : $0.encoded() } ?? [] }

    /// A text is handed on as it is, so that lines and columns of what is wrong with it are its own.
    private static func tests(_ value: JSONValue?) -> [UInt8] { value?.stringValue.map { Array($0.utf8) } ?? bytes(value) }
}

extension PolicyGovernanceV1.ActivationState {
    var text: String {
        switch self {
        case .awaitingApproval: "awaiting-approval"
        case .active: "active"
        case .rejected: "rejected"
        case .held: "held"
        case .stored, .unspecified, .unrecognized: "stored"
        }
    }
}

extension PolicyGovernanceV1.ActivateBundleResponse {
    var json: JSONValue {
        ["state": .string(state.text), "proposal_id": .id(proposalID), "receipt_id": .id(receiptID), "report": .document(reportJSON)]
    }
}

extension PolicyGovernanceV1.Activation {
    var json: JSONValue {
        [
            "id": .id(activationID), "kind": .string(kind), "digest": .digest(digest), "previous_digest": .digest(previousDigest),
            "state": .string(state.text), "proposed_by": .string(proposedBy), "decided_by": .orNull(decidedBy), "note": .string(note),
            "proposed_at": .time(proposedMicros), "decided_at": .time(decidedMicros), "receipt_id": .id(receiptID),
        ]
    }
}

extension PolicyGovernanceV1.Proposal {
    var json: JSONValue {
        [
            "id": .digest(proposalID), "kind": .string(kind), "policy_id": .orNull(policyID), "sentence": .string(sentence),
            "tightens": .bool(tightens),
            "draft": (draft ?? .init()).json, "digest": .digest(digest), "report": .document(reportJSON), "evidence": .document(evidenceJSON),
        ]
    }
}

extension PolicyGovernanceV1.ShadowDivergence {
    var json: JSONValue {
        [
            "decision_id": .id(decisionID), "enforced": .string(enforced.text), "shadow": .string(shadow.text), "determining": .texts(determining),
            "principal": .string(principal), "action": .string(action), "resource": .string(resource), "at": .time(timeMicros),
            "reason": .string(reason),
        ]
    }
}

extension PolicyGovernanceV1.ExplainedStep {
    var json: JSONValue {
        [
            "line": .int(Int64(line)), "column": .int(Int64(column)), "depth": .int(Int64(depth)), "text": .string(text),
            "outcome": .string(outcome), "result": .string(result),
        ]
    }
}

extension PolicyGovernanceV1.ExplainedPolicy {
    var json: JSONValue {
        [
            "policy_id": .string(policyID), "effect": .string(effect), "line": .int(Int64(line)), "outcome": .string(outcome),
            "sentence": .string(sentence), "because": .texts(because), "decisive": decisive?.json ?? .null,
            "steps": .array(steps.map(\.json)), "steps_cut": .bool(stepsCut), "determining": .bool(determining),
        ]
    }
}
