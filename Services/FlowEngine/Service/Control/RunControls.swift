internal import FlowEngineCore
internal import FoundationEssentials
internal import Identity
internal import JSON
internal import Postgres
internal import RPC
internal import Receipts
internal import ServiceKit
internal import Trust

/// What a person can do to a run by hand.
struct RunControl: Sendable {
    /// As receipts call it.
    var action: String
    var event: RunEvent
    /// Beside the action, in the receipt.
    var facts: JSONObject = [:]
    /// Why the event would change nothing; nil where it would.
    var refusal: @Sendable (RunState, FlowDocument) -> RPCError? = { _, _ in nil }
}

/// Applies controls: the change, its receipt and everything that follows from it are one transaction.
struct RunControls: Sendable {
    let advancer: RunAdvancer

    func apply(_ control: RunControl, to id: RunID, by person: String, reason: String, tenant: TenantID, in tx: PostgresTransaction) async throws
        -> RunState
    {
        guard let run = try await advancer.runs.lock(id, tenant: tenant, in: tx) else { throw Self.notFound }
        guard !run.state.isClosed else {
            throw RPCError(.failedPrecondition, reason: "RUN_CLOSED", message: "the run is over: \(run.state.closing?.outcome ?? "")")
        }
        if let refusal = control.refusal(run.state, run.document) { throw refusal }
        let receipt = try await attest(control.action, control.facts, of: run.state, by: person, reason: reason, in: tx)
        return try await advancer.apply(control.event, to: run, evidence: RunEvidence(causes: [receipt]), in: tx).state
    }

    /// The receipt stands among those that the run's closing commits to.
    func attest(_ action: String, _ facts: JSONObject, of state: RunState, by person: String, reason: String, in tx: PostgresTransaction) async throws
        -> SHA256Digest
    {
        let draft = FlowReceipts.control(action, facts, of: state, by: person, reason: reason, at: advancer.clock.now)
        let signed = try await advancer.receipts.record(draft, in: tx)
        let own = RunReceipt(digest: signed.paeDigest, id: signed.id)
        try await advancer.steps.remember([own], seq: state.lastSeq, run: state.run, tenant: state.tenant, in: tx)
        return signed.paeDigest
    }

    static let notFound = RPCError(.notFound, reason: "RUN_NOT_FOUND", message: "there is no such run")
}

extension RunControl {
    static func pause(by person: String, reason: String) -> RunControl {
        RunControl(action: "pause", event: .pauseRequested(RunPause(by: person, reason: reason))) { state, _ in
            if state.pause != nil { return refuse("RUN_PAUSED", "the run is paused already: \(state.pause?.reason ?? "")") }
            return state.ending == nil ? nil : refuse("RUN_ENDING", "the run is about to end")
        }
    }

    static let resume = RunControl(action: "resume", event: .resumeRequested) { state, _ in
        state.pause == nil ? refuse("RUN_NOT_PAUSED", "the run is not paused") : nil
    }

    static func cancel(by person: String, reason: String) -> RunControl {
        RunControl(action: "cancel", event: .stopRequested(RunStop(cause: .cancelled, by: person, reason: reason))) { state, _ in
            state.ending == nil ? nil : refuse("RUN_ENDING", "the run is about to end already")
        }
    }

    static func skip(_ seq: Int, by port: String, output: JSONValue, person: String, roles: [String], reason: String) -> RunControl {
        let event = RunEvent.skipRequested(seq: seq, port: port, output: output, by: person, reason: reason)
        return RunControl(action: "skip", event: event, facts: ["seq": .int(Int64(seq)), "port": .string(port)]) { state, document in
            guard let branch = state.branch(at: seq), !branch.isCompensation else {
                return refuse("STEP_NOT_CURRENT", "the run is not at step \(seq)")
            }
            if case .calling = branch.phase {
                return refuse("CALL_UNDER_WAY", "its call is under way; its answer decides how the run goes on")
            }
            let node = document.node(branch.node)
            let ports = node?.exits ?? []
            guard ports.contains(port) else {
                return refuse("PORT_UNKNOWN", "'\(branch.node)' has no port '\(port)'; it has \(ports.joined(separator: ", "))")
            }
            return node.flatMap { SkipAuthority.refusal($0, port: port, roles: roles) }.map {
                RPCError(.permissionDenied, reason: "SKIP_NOT_ALLOWED", message: $0)
            }
        }
    }

    static func set(_ name: String, to value: JSONValue) -> RunControl {
        let digest = FlowReceipts.digest(of: value)
        return RunControl(
            action: "set-variable", event: .variableSet(path: name.split(separator: ".").map(String.init), value),
            facts: ["variable": .string(name), "value_sha256": .string(digest.hex)])
    }

    private static func refuse(_ reason: String, _ message: String) -> RPCError {
        RPCError(.failedPrecondition, reason: reason, message: message)
    }
}
