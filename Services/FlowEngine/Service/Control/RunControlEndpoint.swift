internal import FlowEngineCore
internal import FoundationEssentials
internal import Identity
internal import JSON
internal import Postgres
package import RPC
internal import ServiceKit
internal import Trust
package import Wire
internal import WireRuntime

/// Answers the methods of `provable.flow.control.v1.RunControl`.
package struct RunControlEndpoint: FlowControlV1.RunControlHandler {
    let engine: FlowEngineEndpoint
    private var controls: RunControls { RunControls(advancer: engine.advancer) }

    package init(engine: FlowEngineEndpoint) { self.engine = engine }

    package func pauseRun(_ request: FlowControlV1.PauseRunRequest, context: CallContext) async throws -> FlowControlV1.PauseRunResponse {
        let asked = try Asked(request.runID, request.reason, context)
        return try await change(FlowControlV1.Methods.pauseRun, request, asked, .pause(by: asked.person, reason: asked.reason), context) {
            FlowControlV1.PauseRunResponse(state: $0)
        }
    }

    package func resumeRun(_ request: FlowControlV1.ResumeRunRequest, context: CallContext) async throws -> FlowControlV1.ResumeRunResponse {
        let asked = try Asked(request.runID, request.reason, context)
        return try await change(FlowControlV1.Methods.resumeRun, request, asked, .resume, context) { FlowControlV1.ResumeRunResponse(state: $0) }
    }

    package func skipStep(_ request: FlowControlV1.SkipStepRequest, context: CallContext) async throws -> FlowControlV1.SkipStepResponse {
        let asked = try Asked(request.runID, request.reason, context)
        let output = request.outputJSON.isEmpty ? JSONValue.null : try FlowEngineEndpoint.json(request.outputJSON, "output")
        let control = RunControl.skip(
            Int(request.seq), by: request.port, output: output, person: asked.person, roles: context.roles, reason: asked.reason)
        return try await change(FlowControlV1.Methods.skipStep, request, asked, control, context) { FlowControlV1.SkipStepResponse(state: $0) }
    }

    package func setVariable(_ request: FlowControlV1.SetVariableRequest, context: CallContext) async throws -> FlowControlV1.SetVariableResponse {
        let asked = try Asked(request.runID, request.reason, context)
        guard request.name.isVariablePath else {
            throw RPCError.invalid("name", "is no variable", fix: "use letters, digits and _, and dots for a member: order.total")
        }
        let control = RunControl.set(request.name, to: try FlowEngineEndpoint.json(request.valueJSON, "value"))
        return try await change(FlowControlV1.Methods.setVariable, request, asked, control, context) { FlowControlV1.SetVariableResponse(state: $0) }
    }

    package func forkRun(_ request: FlowControlV1.ForkRunRequest, context: CallContext) async throws -> FlowControlV1.ForkRunResponse {
        let asked = try Asked(request.runID, request.reason, context)
        let trigger = try Self.input(request.inputJSON)
        let fork = RunForking(engine: engine, controls: controls)
        return try await engine.pool.withTenant(asked.tenant) { tx in
            try await context.once(FlowControlV1.Methods.forkRun, request, in: tx) {
                let principal = RunPrincipal(kind: .person, id: asked.person, roles: context.roles)
                let run = try await fork.fork(
                    asked.run, at: Int(request.seq), trigger: trigger, principal: principal, reason: asked.reason, tenant: asked.tenant, in: tx)
                return FlowControlV1.ForkRunResponse(runID: run.bytes)
            }
        }
    }

    package func controlRuns(_ request: FlowControlV1.ControlRunsRequest, context: CallContext) async throws -> FlowControlV1.ControlRunsResponse {
        let tenant = try context.requireTenant()
        let person = try context.requirePrincipal()
        let reason = try Asked.reason(request.reason)
        let control: RunControl =
            switch request.action {
            case .pause: .pause(by: person, reason: reason)
            case .resume: .resume
            case .cancel: .cancel(by: person, reason: reason)
            case .unspecified, .unrecognized: throw RPCError.invalid("action", "is none", fix: "use pause, resume or cancel")
            }
        guard request.limit <= 500 else {
            throw RPCError.invalid("limit", "is \(request.limit)", fix: "send 1 to 500, and call it again for the rest")
        }
        let selection = RunSelection(
            flow: request.flow, before: request.startedBeforeMicros > 0 ? Date(micros: request.startedBeforeMicros) : nil,
            isPaused: request.action == .resume)
        let store = engine.advancer.runs
        let (matching, runs) = try await engine.pool.withTenant(tenant) { tx in
            let matching = try await store.count(selection, tenant: tenant, in: tx)
            let limit = request.limit == 0 ? 100 : Int(request.limit)
            return (matching, request.dryRun ? [] : try await store.select(selection, limit: limit, tenant: tenant, in: tx))
        }
        var answer = FlowControlV1.ControlRunsResponse(matching: matching)
        // Each run by itself: one that cannot be changed holds up no other.
        for run in runs {
            do {
                _ = try await engine.pool.withTenant(tenant) { tx in
                    try await controls.apply(control, to: run, by: person, reason: reason, tenant: tenant, in: tx)
                }
                answer.changed += 1
            } catch let error as RPCError {
                answer.problems.append("\(run): \(error.message)")
            }
        }
        return answer
    }

    /// Nil for the payload of the run itself.
    private static func input(_ bytes: [UInt8]) throws -> JSONValue? {
        guard !bytes.isEmpty else { return nil }
        let input = try FlowEngineEndpoint.json(bytes, "input")
        guard input.objectValue != nil else { throw RPCError.invalid("input", "is no object", fix: "send an object, or nothing for the same input") }
        return input
    }

    // MARK: Asking

    private struct Asked: Sendable {
        let tenant: TenantID
        let person: String
        let run: RunID
        let reason: String

        init(_ run: [UInt8], _ reason: String, _ context: CallContext) throws {
            tenant = try context.requireTenant()
            person = try context.requirePrincipal()
            self.run = try FlowEngineEndpoint.run(run)
            self.reason = try Self.reason(reason)
        }

        static func reason(_ text: String) throws(RPCError) -> String {
            guard (1...1000).contains(text.utf8.count) else {
                throw RPCError.invalid("reason", "is missing or too long", fix: "say why, in a sentence")
            }
            return text
        }
    }

    private func change<Request: WireMessage, Response: WireMessage>(
        _ method: MethodDescriptor, _ request: Request, _ asked: Asked, _ control: RunControl, _ context: CallContext,
        answer: @Sendable (String) -> Response
    ) async throws -> Response {
        try await engine.pool.withTenant(asked.tenant) { tx in
            try await context.once(method, request, in: tx) {
                let state = try await controls.apply(control, to: asked.run, by: asked.person, reason: asked.reason, tenant: asked.tenant, in: tx)
                return answer(state.closing?.state.rawValue ?? (state.isParked ? "waiting" : "running"))
            }
        }
    }
}

extension String {
    fileprivate var isVariablePath: Bool {
        let parts = split(separator: ".", omittingEmptySubsequences: false)
        return utf8.count <= 200 && parts.allSatisfy { String($0).isVariableName }
    }
}
