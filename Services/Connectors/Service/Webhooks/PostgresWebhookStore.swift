internal import ConnectorsCore
internal import FoundationEssentials
internal import Identity
internal import JSON
internal import Postgres
internal import Trust

/// Deliveries that were verified, each once.
struct PostgresWebhookStore: Sendable {
    struct Delivery: Sendable {
        var connector: String
        var event: WebhookEvent
        /// Over the bytes that were signed.
        var signedDigest: SHA256Digest
        var id: UUID
        var received: Date
    }

    struct Known: Sendable {
        var id: UUID
        var deliveryID: String
    }

    /// Nil where it is new and is now stored; else what is there already under its id or with its bytes.
    func insert(_ delivery: Delivery, receipt: UUID, tenant: TenantID, in tx: PostgresTransaction) async throws -> Known? {
        let inserted = try await tx.execute(
            """
            INSERT INTO webhook_event (tenant_id, connector, delivery_id, signed_digest, event_id, kind, payload, receipt_id, received_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING
            """,
            [
                .uuid(tenant.rawValue), .text(delivery.connector), .text(delivery.event.deliveryID), .bytes(delivery.signedDigest.bytes),
                .uuid(delivery.id),
                .text(delivery.event.kind), .bytes(delivery.event.payload.encoded()), .uuid(receipt), .timestamp(delivery.received),
            ])
        if inserted == 1 { return nil }
        let rows = try await tx.query(
            """
            SELECT event_id, delivery_id FROM webhook_event
            WHERE tenant_id = $1 AND connector = $2 AND (delivery_id = $3 OR signed_digest = $4) ORDER BY received_at LIMIT 1
            """,
            [.uuid(tenant.rawValue), .text(delivery.connector), .text(delivery.event.deliveryID), .bytes(delivery.signedDigest.bytes)])
        guard let row = rows.first else { throw PostgresError.serialization }
        return Known(id: try row.uuid("event_id"), deliveryID: try row.text("delivery_id"))
    }
}
