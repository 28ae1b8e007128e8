internal import ConnectorsCore
internal import FoundationEssentials
internal import Identity
internal import JSON
internal import Postgres
package import RPC
internal import Receipts
internal import ServiceKit
internal import Trust
package import Wire

extension ConnectorsEndpoint {
    private static let bodyByteCount = 3 << 20

    /// Verified before anything parses it. What is not believed leaves one line in the security log and nothing else.
    package func receiveWebhook(_ request: ConnectorsV1.ReceiveWebhookRequest, context: CallContext) async throws
        -> ConnectorsV1.ReceiveWebhookResponse
    {
        let tenant = try context.requireTenant()
        guard let manifest = parts.registry.connector(request.connector), let webhook = manifest.webhook else {
            throw Self.unknownConnector(request.connector)
        }
        guard request.body.count <= Self.bodyByteCount else {
            throw RPCError.invalid("body", "has \(request.body.count) bytes", fix: "at most \(Self.bodyByteCount) are taken")
        }
        let headers = WebhookHeaders(request.headers.map { (name: $0.name, value: $0.value) })
        try await verify(webhook, connector: manifest.name, headers, request.body, tenant: tenant)
        let content: WebhookContent
        do { content = try WebhookReader.read(webhook.scheme, headers: headers, body: request.body) } catch {
            throw RPCError(
                .invalidArgument, reason: "MALFORMED_BODY", message: error.description,
                details: ["field": "body", "fix": "send what the vendor sends"])
        }
        switch content {
        case .handshake(let handshake):
            return ConnectorsV1.ReceiveWebhookResponse(
                eventKind: "\(manifest.name).handshake", replyBody: handshake.body, replyContentType: handshake.contentType)
        case .event(let event):
            let signed = webhook.scheme == .slack ? Array((headers["X-Slack-Request-Timestamp"] ?? "").utf8) + request.body : request.body
            let delivery = PostgresWebhookStore.Delivery(
                connector: manifest.name, event: event, signedDigest: SHA256Digest(hashing: signed), id: UUIDv7.make(), received: parts.clock.now)
            return try await take(delivery, manifest, bodyDigest: SHA256Digest(hashing: request.body), tenant: tenant)
        }
    }

    private func verify(
        _ webhook: ConnectorManifest.Webhook, connector: String, _ headers: WebhookHeaders, _ body: [UInt8], tenant: TenantID
    ) async throws {
        let now = parts.clock.now
        let secrets = try await parts.pool.withTenant(tenant) { tx in
            try await parts.connections.signingSecrets(of: connector, field: webhook.secret, at: now, tenant: tenant, in: tx)
        }
        do throws(WebhookRefusal) {
            try WebhookVerifier.verify(webhook.scheme, headers: headers, body: body, secrets: secrets, now: now)
        } catch {
            parts.metrics.count(
                "webhooks_refused_total", help: "Deliveries that were not believed.", labels: [("connector", connector), ("reason", error.rawValue)])
            parts.security(
                "webhook.rejected", tenant, nil,
                ["connector": .string(connector), "reason": .string(error.rawValue), "body_digest": .string(SHA256Digest(hashing: body).hex)])
            throw RPCError(.unauthenticated, reason: "WEBHOOK_SIGNATURE_INVALID", message: "the delivery is not signed as it must be")
        }
    }

    /// Stores the event, signs that it came and tells the flow engine: one transaction, once per delivery.
    private func take(
        _ delivery: PostgresWebhookStore.Delivery, _ manifest: ConnectorManifest, bodyDigest: SHA256Digest, tenant: TenantID
    ) async throws -> ConnectorsV1.ReceiveWebhookResponse {
        let draft = Self.receipt(delivery, manifest, bodyDigest, tenant)
        let known = try await parts.pool.withTenant(tenant) { tx -> PostgresWebhookStore.Known? in
            if let known = try await parts.webhooks.insert(delivery, receipt: draft.receiptID.rawValue, tenant: tenant, in: tx) { return known }
            let receipt = try await parts.receipts.record(draft, in: tx)
            let event = FlowV1.DeliverEventRequest(
                kind: delivery.event.kind, payloadJSON: delivery.event.payload.encoded(), eventID: delivery.id.bytes, cause: receipt.paeDigest.bytes)
            try await parts.outbox.enqueue(call: FlowV1.Methods.deliverEvent, request: event, id: UUIDv7.make(), tenant: tenant, in: tx)
            return nil
        }
        if let known, !known.deliveryID.utf8.elementsEqual(delivery.event.deliveryID.utf8) {
            // The vendor signs the body and not the delivery's id: somebody sends old bytes under a new one.
            parts.security(
                "webhook.replayed", tenant, nil,
                [
                    "connector": .string(delivery.connector), "delivery": .string(delivery.event.deliveryID),
                    "first_delivery": .string(known.deliveryID),
                ])
        }
        return ConnectorsV1.ReceiveWebhookResponse(fresh: known == nil, eventID: (known?.id ?? delivery.id).bytes, eventKind: delivery.event.kind)
    }

    private static func receipt(
        _ delivery: PostgresWebhookStore.Delivery, _ manifest: ConnectorManifest, _ bodyDigest: SHA256Digest, _ tenant: TenantID
    ) -> ReceiptDraft {
        ReceiptDraft(
            kind: .connectorCall, tenant: tenant, phase: .single, subject: [ReceiptSubject("webhook:\(manifest.name)", bodyDigest)],
            outcome: "received",
            facts: [
                "connector": .string(manifest.name), "connector_version": .string(manifest.version), "direction": "in",
                "event": .string(delivery.event.kind),
                "event_id": .string(delivery.id.lowercased), "delivery": .string(delivery.event.deliveryID), "verified": "hmac-sha256",
            ], time: delivery.received)
    }
}
