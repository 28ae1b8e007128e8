internal import FlowEngineCore
internal import FoundationEssentials
internal import Identity
internal import JSON
internal import Postgres
package import RPC
internal import ServiceKit
internal import Trust
package import Wire

/// Runs: starting, events, reading, cancelling.
extension FlowEngineEndpoint {
    private static let states: Set<String> = ["", "running", "waiting", "succeeded", "failed", "cancelled"]

    package func startRun(_ request: FlowV1.StartRunRequest, context: CallContext) async throws -> FlowV1.StartRunResponse {
        let tenant = try context.requireTenant()
        let principal = RunPrincipal(kind: .person, id: try context.requirePrincipal(), roles: context.roles)
        let wanted = try Self.version(request.versionID)
        let input = try Self.json(request.inputJSON, "input")
        guard input.objectValue != nil else { throw RPCError.invalid("input", "is no object", fix: "send {} where the flow needs nothing") }
        let key = request.dedupKey.isEmpty ? context.idempotencyKey : request.dedupKey
        guard (key?.utf8.count ?? 0) <= 200 else { throw RPCError.invalid("dedup_key", "is longer than 200 bytes", fix: "send a shorter one") }
        return try await pool.withTenant(tenant) { tx in
            let record =
                if let wanted { try await flows.version(request.flow, wanted, tenant: tenant, in: tx) } else {
                    try await flows.current(request.flow, tenant: tenant, in: tx)
                }
            guard let record else { throw RPCError(.notFound, reason: "FLOW_NOT_FOUND", message: "there is no such flow or version") }
            guard record.state == .published else {
                throw RPCError(.failedPrecondition, reason: "FLOW_NOT_PUBLISHED", message: "this version is \(record.state.rawValue)")
            }
            try self.check(input, against: record)
            let (run, isFresh) = try await starter.start(
                record, trigger: input, principal: principal, dedupKey: key.map { "person|\(principal.id)|\($0)" }, tenant: tenant, in: tx)
            return FlowV1.StartRunResponse(runID: run.bytes, alreadyStarted: !isFresh)
        }
    }

    private func check(_ input: JSONValue, against record: FlowRecord) throws {
        let document = try documents.document(record.version, source: record.document)
        let violations = document.trigger?.node.input?.violations(of: input) ?? []
        guard let first = violations.first else { return }
        throw RPCError(
            .invalidArgument, reason: "INPUT_INVALID", message: violations.prefix(5).map { "\($0.pointer) \($0.message)" }.joined(separator: "; "),
            details: ["field": "/input\(first.pointer)", "fix": "send what the flow's trigger asks for: GET its document to see the schema"])
    }

    package func deliverEvent(_ request: FlowV1.DeliverEventRequest, context: CallContext) async throws -> FlowV1.DeliverEventResponse {
        let tenant = try context.requireTenant()
        guard let id = UUID(bytes: request.eventID) else { throw RPCError.invalid("event_id", "is not an id", fix: "send the 16 bytes of a UUID") }
        guard !request.kind.isEmpty, request.kind.utf8.count <= 200 else {
            throw RPCError.invalid("kind", "is missing or too long", fix: "send connector.event")
        }
        let event = DeliveredEvent(
            id: id, kind: request.kind, payload: try Self.json(request.payloadJSON, "payload"), cause: SHA256Digest(bytes: request.cause),
            receivedAt: clock.now)
        let (started, woken) = try await pool.withTenant(tenant) { tx in try await delivery.deliver(event, tenant: tenant, in: tx) }
        return FlowV1.DeliverEventResponse(startedRuns: started.map(\.bytes), wokenRuns: woken.map(\.bytes))
    }

    package func listRuns(_ request: FlowV1.ListRunsRequest, context: CallContext) async throws -> FlowV1.ListRunsResponse {
        let tenant = try context.requireTenant()
        guard Self.states.contains(request.state) else {
            throw RPCError.invalid("state", "is \"\(request.state)\"", fix: "use \(Self.states.sorted().dropFirst().joined(separator: ", "))")
        }
        let page = request.page ?? CommonV1.Page()
        let cursor = try Self.cursor(page)
        let found = try await pool.withTenant(tenant) { tx in
            try await reader.list(state: request.state, flow: request.flow, before: cursor, limit: page.size, tenant: tenant, in: tx)
        }
        return FlowV1.ListRunsResponse(runs: found.map(\.summary), nextCursor: found.count == page.size ? found.last?.cursor.bytes ?? [] : [])
    }

    package func getRun(_ request: FlowV1.GetRunRequest, context: CallContext) async throws -> FlowV1.GetRunResponse {
        let tenant = try context.requireTenant()
        let id = try Self.run(request.runID)
        return try await pool.withTenant(tenant) { tx in
            guard let found = try await reader.find(id, tenant: tenant, in: tx) else { throw RunControls.notFound }
            let trigger = try JSONValue(parsing: found.position)["trigger"] ?? .null
            return FlowV1.GetRunResponse(
                run: found.summary, steps: try await reader.steps(of: id, tenant: tenant, in: tx), documentJSON: found.document,
                inputJSON: trigger.encoded())
        }
    }

    package func cancelRun(_ request: FlowV1.CancelRunRequest, context: CallContext) async throws -> FlowV1.CancelRunResponse {
        let tenant = try context.requireTenant()
        let principal = try context.requirePrincipal()
        let id = try Self.run(request.runID)
        guard (1...1000).contains(request.reason.utf8.count) else {
            throw RPCError.invalid("reason", "is missing or too long", fix: "say why, in a sentence")
        }
        return try await pool.withTenant(tenant) { tx in
            try await context.once(FlowV1.Methods.cancelRun, request, in: tx) {
                guard let run = try await advancer.runs.lock(id, tenant: tenant, in: tx) else { throw RunControls.notFound }
                var state = run.state
                // Asked again, nothing changes.
                if state.ending == nil, !state.isClosed {
                    let cancel = RunControl.cancel(by: principal, reason: request.reason)
                    state = try await RunControls(advancer: advancer).apply(
                        cancel, to: id, by: principal, reason: request.reason, tenant: tenant, in: tx)
                }
                // Else a call is under way; the run ends with it.
                guard let closing = state.closing else { return FlowV1.CancelRunResponse(state: "running") }
                return FlowV1.CancelRunResponse(state: closing.state.rawValue)
            }
        }
    }

    // MARK: Fields

    static func run(_ bytes: [UInt8]) throws(RPCError) -> RunID {
        guard let run = RunID(bytes: bytes) else { throw .invalid("run_id", "is not a run's id", fix: "send the 16 bytes of the UUID") }
        return run
    }

    static func json(_ bytes: [UInt8], _ field: String) throws(RPCError) -> JSONValue {
        guard !bytes.isEmpty else { return .object([:]) }
        do throws(JSONError) {
            return try JSONValue(parsing: bytes, limits: JSONLimits(size: 1 << 20, depth: 64))
        } catch {
            throw .invalid(field, "is no JSON: \(error)", fix: "send a JSON object of at most 1 MiB")
        }
    }

    static func cursor(_ page: CommonV1.Page) throws(RPCError) -> ListCursor? {
        guard !page.cursor.isEmpty else { return nil }
        guard let cursor = ListCursor(bytes: page.cursor) else {
            throw .invalid("page.cursor", "is not one of ours", fix: "send next_cursor as it came, or leave it out")
        }
        return cursor
    }
}
