internal import GatewayCore
internal import HTTPTypes
internal import Hummingbird
internal import Identity
internal import JSON
internal import RPC
internal import ServiceKit
internal import Wire

/// `POST /v1/hooks/{tenant}/{connector}`: raw bytes go to connectors, which verify them before anything parses them.
struct WebhookDoor: Sendable {
    /// GitHub sends up to 25 MiB and cuts nothing; events that flows need are far smaller.
    private static let bodyLimit = 3 << 20
    private static let headersMax = 64

    let services: Backends
    let directory: any DirectoryStore
    let rates: RateGate
    let security: SecurityEvents

    var endpoint: Endpoint {
        Endpoint(
            "receiveWebhook", .post, "/v1/hooks/{tenant}/{connector}", "What a vendor sends: verified by its signature over the raw bytes", .open,
            rate: .hook,
            parameters: [
                Shape.Field("tenant", .text(maximum: 64), "The tenant's slug."), Shape.Field("connector", .text(maximum: 64)),
            ],
            answers: [
                .init(
                    status: 202,
                    shape: .object(name: "HookTaken", [.init("event_id", Shapes.uuid), .init("fresh", .boolean, "False where it came before.")])),
                .init(status: 200, contentType: "*/*", shape: .any),
            ], handler: .raw { try await respond($0) })
    }

    private func respond(_ visit: Visit) async throws -> Response {
        let connector = visit.text("connector")
        guard let tenant = try await directory.tenant(slug: visit.text("tenant")) else {
            report("webhook.unknown-tenant", visit, tenant: nil, reason: "NO_SUCH_TENANT")
            return Problem.notFound.response(instance: visit.path, trace: visit.trace)
        }
        if let verdict = await rates.take(.hookTenant, tenant.slug, tenant: tenant.id), !verdict.isAllowed { throw Problem.rateLimited(verdict) }
        let body = try await RequestReading.bytes(of: visit.request, limit: Self.bodyLimit)
        let headers = visit.request.headers.prefix(Self.headersMax).map { ConnectorsV1.Header(name: $0.name.canonicalName, value: $0.value) }
        do throws(RPCError) {
            let answer = try await services.connectors.receiveWebhook(
                .init(connector: connector, headers: Array(headers), body: body),
                options: CallOptions(tenant: tenant.id, principal: "webhook:\(connector)", timeout: .seconds(8)))
            guard answer.replyBody.isEmpty else { return Reply.bytes(answer.replyBody, contentType: answer.replyContentType).response }
            return Reply.json(["event_id": .id(answer.eventID), "fresh": .bool(answer.fresh)], status: 202).response
        } catch {
            guard isRefusal(error) else { throw error }
            report("webhook.rejected", visit, tenant: tenant.id, reason: error.reason)
            // Why a signature is wrong is nobody's business who cannot make a right one.
            return Problem(401, code: "WEBHOOK_REJECTED", title: "The webhook could not be verified").response(
                instance: visit.path, trace: visit.trace)
        }
    }

    /// By connectors itself, and not by the mesh before it.
    private func isRefusal(_ error: RPCError) -> Bool {
        (error.code == .unauthenticated || error.code == .permissionDenied)
            && !StatusMapping.isOfMesh(code: Int(error.code.rawValue), reason: error.reason)
    }

    private func report(_ kind: String, _ visit: Visit, tenant: TenantID?, reason: String) {
        security.report(
            kind, tenant: tenant, principal: nil,
            detail: [
                "path": .string(String(visit.path.prefix(500))), "reason": .string(reason), "address": .string(visit.address),
                "trace_id": .string(visit.trace.traceIDText),
            ])
    }
}
