internal import CopilotCore
internal import FoundationEssentials
internal import Identity
internal import Postgres
package import RPC
package import Wire

extension CopilotEndpoint {
    private static let pageLimit = 200

    package func putItem(_ request: CopilotV1.PutItemRequest, context: CallContext) async throws -> CopilotV1.PutItemResponse {
        let tenant = try context.requireTenant()
        let item = try InboxItem(request.item ?? CopilotV1.InboxItem())
        try await pool.withTenant(tenant) { transaction in
            try await inbox.put(item, tenant: tenant, in: transaction)
        }
        return CopilotV1.PutItemResponse()
    }

    package func listInbox(_ request: CopilotV1.ListInboxRequest, context: CallContext) async throws -> CopilotV1.ListInboxResponse {
        let tenant = try context.requireTenant()
        guard let state = InboxItem.State(rawValue: request.state.isEmpty ? "open" : request.state) else {
            throw RPCError.invalid("state", "is \"\(request.state)\"", fix: "use open or closed")
        }
        let page = request.page ?? CommonV1.Page()
        let limit = page.limit == 0 ? 50 : min(Int(page.limit), Self.pageLimit)
        guard let offset = page.cursor.isEmpty ? 0 : Int(String(decoding: page.cursor, as: UTF8.self)), (0...1_000_000).contains(offset) else {
            throw RPCError.invalid("page.cursor", "is not one of ours", fix: "send next_cursor as it came, or leave it out")
        }
        let roles = Set(context.roles)
        let (items, total) = try await pool.withTenant(tenant) { transaction in
            try await inbox.page(state: state, roles: roles, offset: offset, limit: limit, tenant: tenant, in: transaction)
        }
        let next = offset + items.count
        return CopilotV1.ListInboxResponse(
            items: items.map(\.wire), nextCursor: next < total ? Array(String(next).utf8) : [], openTotal: UInt32(clamping: total))
    }
}

extension InboxItem {
    init(_ wire: CopilotV1.InboxItem) throws(RPCError) {
        guard let id = UUID(bytes: wire.itemID) else { throw .invalid("item.item_id", "is not an id", fix: "send the 16 bytes of a UUID") }
        guard let kind = Kind(rawValue: wire.kind) else {
            throw .invalid("item.kind", "is \"\(wire.kind)\"", fix: "use \(Kind.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        guard let state = State(rawValue: wire.state) else { throw .invalid("item.state", "is \"\(wire.state)\"", fix: "use open or closed") }
        self.init(
            id: id, kind: kind, state: state, title: wire.title, summary: wire.summary, role: wire.role, run: RunID(bytes: wire.runID),
            task: TaskID(bytes: wire.taskID), anomaly: UUID(bytes: wire.anomalyID), created: Date(micros: wire.createdMicros),
            due: wire.dueMicros == 0 ? nil : Date(micros: wire.dueMicros), tone: wire.tone, requestedBy: wire.requestedBy, revision: wire.revision)
    }

    var wire: CopilotV1.InboxItem {
        CopilotV1.InboxItem(
            itemID: id.bytes, kind: kind.rawValue, state: state.rawValue, title: title, summary: summary, role: role, runID: run?.bytes ?? [],
            taskID: task?.bytes ?? [], anomalyID: anomaly?.bytes ?? [], createdMicros: created.micros, dueMicros: due?.micros ?? 0, tone: tone,
            requestedBy: requestedBy, revision: revision)
    }
}
