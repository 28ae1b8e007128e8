internal import FlowEngineCore
internal import FoundationEssentials
internal import Identity
internal import JSON
internal import Receipts
internal import Trust

/// What this service attests. People's names, comments and error texts are personal: only their salted digests stand in a receipt.
enum FlowReceipts {
    static func step(_ step: StepRecord, of state: RunState, causes: [SHA256Digest], policy: SHA256Digest?, at now: Date) -> ReceiptDraft {
        let input = digest(of: step.input)
        let output = digest(of: step.output)
        let content: JSONValue = [
            "input": .string(input.hex), "node": .string(step.node), "output": .string(output.hex), "port": .string(step.port),
            "seq": .int(Int64(step.seq)),
        ]
        var facts: JSONObject = [
            "attempt": .int(Int64(step.attempt)), "flow": .string(state.flow), "input_sha256": .string(input.hex), "node": .string(step.node),
            "output_sha256": .string(output.hex), "port": .string(step.port), "seq": .int(Int64(step.seq)), "type": .string(step.type),
            "version": .string(state.version.hex),
        ]
        if step.type == "call" || step.type == "compensation" {
            facts["idempotency_key"] = .string(DerivedIdentity.idempotencyKey(tenant: state.tenant, run: state.run, seq: step.seq))
        }
        var personal: JSONObject = [:]
        if step.seq == 0 { personal["started_by"] = .string(state.principal.id) }
        if !step.error.isEmpty { personal["error"] = .string(String(step.error.prefix(2000))) }
        return ReceiptDraft(
            kind: .stepRun, tenant: state.tenant, run: state.run, step: step.node, causes: Array(causes.prefix(64)), policyDecision: policy,
            subject: [ReceiptSubject("step:\(step.seq)", digest(of: content))], outcome: step.state.rawValue, facts: facts, personal: personal,
            time: now)
    }

    /// What an approver signed, and how they decided.
    static func approval(
        _ request: PersonRequest, _ answer: PersonAnswer, flow: String, version: SHA256Digest, tenant: TenantID, run: RunID?, node: String,
        policy: SHA256Digest?, at now: Date
    ) -> ReceiptDraft {
        let outcome =
            switch answer.verdict {
            case .approve: "approved"
            case .reject: "rejected"
            case .complete: "completed"
            }
        var personal: JSONObject = ["decided_by": .string(answer.by)]
        if !answer.comment.isEmpty { personal["comment"] = .string(String(answer.comment.prefix(4000))) }
        var facts: JSONObject = [
            "flow": .string(flow), "kind": .string(request.kind.rawValue), "node": .string(node), "role": .string(request.role),
            "task": .string(request.task.description), "version": .string(version.hex),
        ]
        if !answer.answer.isNull { facts["answer_sha256"] = .string(digest(of: answer.answer).hex) }
        return ReceiptDraft(
            kind: .approval, tenant: tenant, run: run, step: node.isEmpty ? nil : node, causes: policy.map { [$0] } ?? [], policyDecision: policy,
            subject: [ReceiptSubject("approval-subject", request.digest)], outcome: outcome, facts: facts, personal: personal, time: now)
    }

    static func publish(_ record: FlowRecord, number: Int, causes: [SHA256Digest], policy: SHA256Digest?, tenant: TenantID, at now: Date)
        -> ReceiptDraft
    {
        var personal: JSONObject = ["author": .string(record.author)]
        if !record.note.isEmpty { personal["note"] = .string(String(record.note.prefix(4000))) }
        return ReceiptDraft(
            kind: .workflowPublish, tenant: tenant, causes: causes, policyDecision: policy,
            subject: [ReceiptSubject("flow:\(record.flow)", record.version)],
            outcome: "published",
            facts: [
                "document_sha256": .string(SHA256Digest(hashing: record.document).hex), "flow": .string(record.flow), "number": .int(Int64(number)),
            ],
            personal: personal, time: now)
    }

    /// What a person did to a run by hand, and why.
    static func control(_ action: String, _ facts: JSONObject = [:], of state: RunState, by person: String, reason: String, at now: Date)
        -> ReceiptDraft
    {
        var facts = facts
        facts["action"] = .string(action)
        facts["flow"] = .string(state.flow)
        facts["version"] = .string(state.version.hex)
        return ReceiptDraft(
            kind: .runControl, tenant: state.tenant, run: state.run,
            subject: [ReceiptSubject("run-control", digest(of: .object(facts.merging(["run": .string(state.run.description)]))))],
            outcome: action, facts: facts, personal: ["by": .string(person), "reason": .string(reason)], time: now)
    }

    /// The end of a run: it commits to every receipt that was made for it.
    static func close(_ closing: RunClosing, of state: RunState, receipts: [SHA256Digest], at now: Date) -> ReceiptDraft {
        let set = RunSet(receipts)
        var facts = set.facts
        facts["flow"] = .string(state.flow)
        facts["output_sha256"] = .string(digest(of: closing.output).hex)
        facts["state"] = .string(closing.state.rawValue)
        facts["steps"] = .int(Int64(state.lastSeq + 1))
        facts["version"] = .string(state.version.hex)
        var personal: JSONObject = [:]
        if !closing.message.isEmpty { personal["message"] = .string(String(closing.message.prefix(2000))) }
        return ReceiptDraft(
            kind: .runClose, tenant: state.tenant, run: state.run, subject: [set.subject], outcome: closing.outcome, facts: facts, personal: personal,
            time: now)
    }

    /// Of the canonical bytes; a number that JCS cannot carry exactly is hashed as it is written.
    static func digest(of value: JSONValue) -> SHA256Digest { SHA256Digest(hashing: (try? value.canonical()) ?? value.encoded()) }
}
