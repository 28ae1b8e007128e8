internal import FoundationEssentials
internal import Identity
internal import JSON
internal import Postgres
package import RPC
package import Wire

extension LedgerEndpoint {
    private static let kindByteCount = 64
    private static let pageLimit = 200

    package func recordSecurityEvent(
        _ request: LedgerV1.RecordSecurityEventRequest, context: CallContext
    ) async throws -> LedgerV1.RecordSecurityEventResponse {
        guard let id = UUID(bytes: request.eventID) else {
            throw RPCError.invalid("event_id", "is not an id", fix: "send the 16 bytes of a UUID")
        }
        guard (1...Self.kindByteCount).contains(request.kind.utf8.count) else {
            throw RPCError.invalid("kind", "is missing or too long", fix: "for example webhook.rejected")
        }
        let detail = request.detailJSON.isEmpty ? Array("{}".utf8) : request.detailJSON
        do {
            _ = try JSONValue(parsing: detail, limits: JSONLimits(size: 16 << 10, depth: 8))
        } catch {
            throw RPCError.invalid("detail_json", error.description, fix: "send a JSON object of at most 16 KiB")
        }
        let tenant = TenantID(bytes: request.tenantID) ?? SecurityEventStore.nobody
        try await pool.withTenant(tenant) { transaction in
            try await security.insert(
                id: id, kind: request.kind, principal: request.principal, reporter: context.caller.rawValue, detail: detail, tenant: tenant,
                in: transaction)
        }
        return LedgerV1.RecordSecurityEventResponse()
    }

    package func listSecurityEvents(
        _ request: LedgerV1.ListSecurityEventsRequest, context: CallContext
    ) async throws -> LedgerV1.ListSecurityEventsResponse {
        let tenant = try context.requireTenant()
        let page = request.page ?? CommonV1.Page()
        let limit = page.limit == 0 ? 50 : min(Int(page.limit), Self.pageLimit)
        guard let before = page.cursor.isEmpty ? Int64.max : Int64(String(decoding: page.cursor, as: UTF8.self)) else {
            throw RPCError.invalid("page.cursor", "is not one of ours", fix: "send next_cursor as it came, or leave it out")
        }
        return try await pool.withTenant(tenant) { transaction in
            let events = try await security.page(before: before, limit: limit, tenant: tenant, in: transaction)
            let next = events.count == limit ? events.last.map { Array(String($0.sequence).utf8) } : nil
            return LedgerV1.ListSecurityEventsResponse(events: events.map(\.wire), nextCursor: next ?? [])
        }
    }
}

extension SecurityEventStore.Event {
    var wire: LedgerV1.SecurityEvent {
        LedgerV1.SecurityEvent(
            eventID: id.bytes, kind: kind, principal: principal, reporter: reporter, detailJSON: detail,
            timeMicros: time.micros)
    }
}
