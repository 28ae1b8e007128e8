internal import GatewayCore
internal import HTTPTypes
internal import Identity
internal import Hummingbird
internal import JSON
internal import NIOCore
internal import RPC
internal import ServiceKit
internal import Wire

/// `POST /v1/hooks/{tenant}/{connector}`: raw bytes go to connectors, which verify them before anything parses them.
struct WebhookDoor: Sendable {
    /// GitHub sends up to 25 MiB and cuts nothing; events that flows need are far smaller.
    private static let bodyLimit = 3 << 20
    private static let headersMax = 64

    let services: Backends
    let directory: DirectoryStore
    let security: SecurityEvents

    func respond(_ request: Request, tenant slug: String, connector: String) async throws -> Response {
        let trace = TraceContext.make()
        guard let tenant = try await directory.tenant(slug: slug) else {
            return Problem.notFound.response(instance: request.uri.path, trace: trace.traceparent)
        }
        let body: ByteBuffer
        do { body = try await request.body.collect(upTo: Self.bodyLimit) } catch is NIOTooManyBytesError {
            return Problem(413, code: "BODY_TOO_LARGE", title: "The body is larger than \(Self.bodyLimit) bytes")
                .response(instance: request.uri.path, trace: trace.traceparent)
        }
        let headers = request.headers.prefix(Self.headersMax).map { ConnectorsV1.Header(name: $0.name.canonicalName, value: $0.value) }
        do throws(RPCError) {
            let answer = try await services.connectors.receiveWebhook(
                .init(connector: connector, headers: Array(headers), body: Array(body.readableBytesView)),
                options: CallOptions(tenant: tenant.id, principal: "webhook:\(connector)", timeout: .seconds(8), trace: trace))
            guard answer.replyBody.isEmpty else {
                return Reply.bytes(answer.replyBody, contentType: answer.replyContentType).response
            }
            return Reply.json(["event_id": .id(answer.eventID), "fresh": .bool(answer.fresh)], status: 202).response
        } catch {
            return refuse(error, request, tenant: tenant, trace: trace)
        }
    }

    private func refuse(_ error: RPCError, _ request: Request, tenant: Tenant, trace: TraceContext) -> Response {
        let isRefusal = error.code == .unauthenticated || error.code == .permissionDenied
        if isRefusal {
            security.report(
                "webhook.rejected", tenant: tenant.id, principal: nil,
                detail: ["path": .string(request.uri.path), "reason": .string(error.reason)])
        }
        // Why a signature is wrong is nobody's business who cannot make a right one.
        let problem =
            isRefusal
            ? Problem(401, code: "WEBHOOK_REJECTED", title: "The webhook could not be verified")
            : StatusMapping.problem(
                code: Int(error.code.rawValue), reason: error.reason, message: error.message, details: error.details, retryAfterSeconds: 1)
        return problem.response(instance: request.uri.path, trace: trace.traceparent)
    }
}
