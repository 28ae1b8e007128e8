internal import FoundationEssentials
internal import Identity
internal import Postgres
internal import RPC

/// A call that waits to be delivered.
struct OutboxMessage: Sendable, Equatable {
    let tenant: TenantID
    let id: UUID
    /// As it stands in the table: a build that no longer knows the service must still be able to set the message aside.
    let destination: String
    let method: String
    let payload: [UInt8]
    let principal: String?
    let trace: TraceContext?
    let attempts: Int
    /// Since it was put in the outbox, by the database's clock, when it was claimed.
    let age: Duration

    init(_ row: PostgresRow) throws {
        tenant = TenantID(rawValue: try row.uuid("tenant_id"))
        id = try row.uuid("id")
        destination = try row.text("destination")
        method = try row.text("method")
        payload = try row.bytes("payload")
        principal = try row.optionalText("principal")
        trace = try row.optionalText("traceparent").flatMap { TraceContext(traceparent: $0) }
        attempts = Int(try row.int("attempts"))
        age = .seconds(max(0, try row.double("age")))
    }
}

/// Messages of one tenant to one service, which go out in order.
struct OutboxLane: Sendable, Equatable {
    /// Which lane it is, and where the search for further ones goes on.
    struct Key: Sendable, Hashable {
        let tenant: TenantID
        let destination: String
    }

    let key: Key
    /// The message that bears the lease.
    let head: UUID
    let messages: [OutboxMessage]
}
