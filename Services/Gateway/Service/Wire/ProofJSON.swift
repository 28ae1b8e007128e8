internal import JSON
internal import Wire

extension LedgerV1.ReceiptRecord {
    var json: JSONValue {
        [
            "id": .id(receiptID), "index": .int(Int64(index)), "kind": .string(kind), "phase": .string(phase), "emitter": .string(emitter),
            "run_id": .id(runID), "step": .orNull(step), "outcome": .string(outcome), "at": .time(timeMicros), "digest": .digest(digest),
            "causes": .array(causes.map { .digest($0) }),
        ]
    }
}

extension LedgerV1.SecurityEvent {
    var json: JSONValue {
        [
            "id": .id(eventID), "kind": .string(kind), "principal": .orNull(principal), "reporter": .string(reporter),
            "detail": .document(detailJSON), "at": .time(timeMicros),
        ]
    }
}

extension PolicyV1.Decision {
    var json: JSONValue {
        [
            "id": .id(decisionID), "verdict": .string(verdict.text), "principal": .string(principal), "action": .string(action),
            "resource": .string(resource), "determining": .texts(determining), "satisfied_permits": .texts(satisfiedPermits),
            "satisfied_forbids": .texts(satisfiedForbids), "erring": .texts(erring),
            "gates": .array(
                gates.map {
                    [
                        "policy_id": .string($0.policyID), "gate": .string($0.gate), "role": .string($0.role),
                        "ttl_seconds": .int(Int64($0.ttlSeconds)), "quorum": .int(Int64($0.quorum)),
                    ]
                }),
            "obligations": .documents(obligationsJSON), "reason": .string(reason), "bundle_digest": .digest(bundleDigest), "run_id": .id(runID),
            "step": .orNull(step), "at": .time(timeMicros), "receipt_id": .id(receiptID),
        ]
    }
}

extension PolicyV1.Verdict {
    static let texts: [(PolicyV1.Verdict, String)] = [
        (.allow, "ALLOW"), (.redact, "REDACT"), (.requireApproval, "REQUIRE_APPROVAL"),
        (.redactAndRequireApproval, "REDACT_AND_REQUIRE_APPROVAL"), (.deny, "DENY"),
    ]

    var text: String { Self.texts.first { $0.0 == self }?.1 ?? "UNSPECIFIED" }
}

extension CopilotV1.AskResponse {
    var json: JSONValue {
        let sentences = sentences.map { sentence -> JSONValue in
            let citations = sentence.citations.map { citation -> JSONValue in
                [
                    "receipt_id": .id(citation.receiptID), "index": .int(Int64(citation.logIndex)), "kind": .string(citation.kind),
                    "digest": .digest(citation.digest),
                ]
            }
            return ["text": .string(sentence.text), "citations": .array(citations)]
        }
        return [
            "answer_id": .id(answerID), "sentences": .array(sentences), "route": .string(route), "route_reason": .string(routeReason),
            "abstained": .bool(abstained), "suggestions": .texts(suggestions), "receipt_id": .id(receiptID),
        ]
    }
}
