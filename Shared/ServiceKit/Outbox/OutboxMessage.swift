internal import FoundationEssentials
internal import Identity
internal import Postgres
internal import RPC

/// A call that waits to be delivered.
struct OutboxMessage: Sendable, Equatable {
    let tenant: TenantID
    let id: UUID
    let destination: ServiceName
    let method: String
    let payload: [UInt8]
    let principal: String?
    let trace: TraceContext?
    let attempts: Int

    init(_ row: PostgresRow) throws {
        tenant = TenantID(rawValue: try row.uuid("tenant_id"))
        id = try row.uuid("id")
        let name = try row.text("destination")
        guard let destination = ServiceName(rawValue: name) else {
            throw PostgresError.unreadableColumn("destination", reason: "names no service: \(name)")
        }
        self.destination = destination
        method = try row.text("method")
        payload = try row.bytes("payload")
        principal = try row.optionalText("principal")
        trace = try row.optionalText("traceparent").flatMap { TraceContext(traceparent: $0) }
        attempts = Int(try row.int("attempts"))
    }
}

/// Messages of one tenant to one service, which go out in order.
struct OutboxLine: Sendable, Equatable {
    let messages: [OutboxMessage]
}
