internal import FlowEngineCore
internal import FoundationEssentials
internal import Identity
internal import JSON
internal import Postgres
package import RPC
internal import Trust
package import Wire

/// Flows: checking, publishing, listing.
extension FlowEngineEndpoint {
    package func validateFlow(_ request: FlowV1.ValidateFlowRequest, context: CallContext) async throws -> FlowV1.ValidateFlowResponse {
        _ = try context.requireTenant()
        let reading = await read(request.document, requiresCatalogue: false)
        return FlowV1.ValidateFlowResponse(problems: reading.problems.map(\.wire), versionID: reading.document?.versionID.bytes ?? [])
    }

    package func publishFlow(_ request: FlowV1.PublishFlowRequest, context: CallContext) async throws -> FlowV1.PublishFlowResponse {
        let tenant = try context.requireTenant()
        let author = RunPrincipal(kind: .person, id: try context.requirePrincipal(), roles: context.roles)
        guard request.note.utf8.count <= 4000 else { throw RPCError.invalid("note", "is longer than 4,000 bytes", fix: "say it in fewer words") }
        let reading = await read(request.document, requiresCatalogue: true)
        guard let document = reading.document else {
            return FlowV1.PublishFlowResponse(
                state: FlowRecord.State.refused.rawValue, problems: reading.problems.map(\.wire), reason: "the document has errors")
        }
        let outcome = try await publisher.publish(
            document, note: request.note, by: author, key: context.idempotencyKey ?? UUIDv7.make().lowercased, tenant: tenant)
        return FlowV1.PublishFlowResponse(
            state: outcome.state.rawValue, versionID: document.versionID.bytes, problems: reading.problems.map(\.wire),
            taskID: outcome.task?.bytes ?? [],
            receiptID: outcome.receipt?.bytes ?? [], reason: outcome.reason)
    }

    package func listFlows(_ request: FlowV1.ListFlowsRequest, context: CallContext) async throws -> FlowV1.ListFlowsResponse {
        let tenant = try context.requireTenant()
        let page = request.page ?? CommonV1.Page()
        let after = String(decoding: page.cursor, as: UTF8.self)
        let found = try await pool.withTenant(tenant) { tx in try await flows.list(after: after, limit: page.size, tenant: tenant, in: tx) }
        return FlowV1.ListFlowsResponse(
            flows: found.map { $0.0.summary(total: $0.total, open: $0.open) },
            nextCursor: found.count == page.size ? found.last.map { Array($0.0.flow.utf8) } ?? [] : [])
    }

    package func getFlow(_ request: FlowV1.GetFlowRequest, context: CallContext) async throws -> FlowV1.GetFlowResponse {
        let tenant = try context.requireTenant()
        let wanted = try Self.version(request.versionID)
        return try await pool.withTenant(tenant) { tx in
            let versions = try await flows.versions(request.name, tenant: tenant, in: tx)
            let current = try await flows.current(request.name, tenant: tenant, in: tx)
            let chosen = wanted == nil ? current ?? versions.first : versions.first { $0.version == wanted }
            guard let chosen else { throw RPCError(.notFound, reason: "FLOW_NOT_FOUND", message: "there is no such flow or version") }
            let counts = try await flows.counts(request.name, tenant: tenant, in: tx)
            return FlowV1.GetFlowResponse(
                flow: chosen.summary(total: counts.total, open: counts.open), documentJSON: chosen.document,
                versions: versions.map { $0.summary(total: 0, open: 0) })
        }
    }

    static func version(_ bytes: [UInt8]) throws(RPCError) -> SHA256Digest? {
        guard !bytes.isEmpty else { return nil }
        guard let digest = SHA256Digest(bytes: bytes) else {
            throw .invalid("version_id", "is no version's id", fix: "send the 32 bytes of the digest")
        }
        return digest
    }

    private func read(_ bytes: [UInt8], requiresCatalogue: Bool) async -> FlowReading {
        let source: JSONValue
        do throws(DocumentText.Malformed) {
            source = try DocumentText.parse(bytes)
        } catch {
            return FlowReading(document: nil, problems: [error.problem])
        }
        let catalogue = await catalogue.current()
        var reading = FlowParser.parse(source, catalogue: catalogue, requirements: PublishRequirements())
        if catalogue == nil, reading.document?.callsConnectors ?? true {
            let severity: FlowProblem.Severity = requiresCatalogue ? .error : .warning
            reading.problems.append(
                FlowProblem(severity, pointer: "", "the connectors do not answer, so operations were not checked", fix: "try again in a moment"))
            if requiresCatalogue { reading.document = nil }
        }
        return reading
    }
}

extension FlowProblem {
    var wire: FlowV1.Problem {
        FlowV1.Problem(severity: severity.rawValue, node: node, port: port, pointer: pointer, message: message, fix: fix)
    }
}

extension FlowRecord {
    func summary(total: Int64, open: Int64) -> FlowV1.FlowSummary {
        FlowV1.FlowSummary(
            name: flow, title: title, versionID: version.bytes, versionNumber: UInt32(clamping: number),
            publishedMicros: publishedAt?.micros ?? 0,
            publishedBy: author, trigger: trigger, runsTotal: UInt32(clamping: total), runsOpen: UInt32(clamping: open), state: state.rawValue,
            note: note)
    }
}
