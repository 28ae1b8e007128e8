public import FoundationEssentials
public import Identity
public import Postgres
public import RPC
public import WireRuntime

/// Calls to other services that are made if, and only if, the transaction they were put in commits.
public struct Outbox: Sendable {
    private static let insert = """
        INSERT INTO outbox (tenant_id, id, destination, method, payload, principal, traceparent)
        SELECT $1, call.id, call.destination, call.method, call.payload, $6, $7
        FROM unnest($2::uuid[], $3::text[], $4::text[], $5::bytea[]) WITH ORDINALITY AS call (id, destination, method, payload, place)
        ORDER BY call.place
        """

    private let doorbell: Doorbell

    package init(doorbell: Doorbell) { self.doorbell = doorbell }

    /// The receiver gets `request` at least once, with `id` as the idempotency key, and after all that this tenant sent it before.
    ///
    /// - Parameter principal: On whose behalf; by default that of the call being served.
    public func enqueue(
        call method: MethodDescriptor, request: some WireMessage, id: UUID, tenant: TenantID, principal: String? = nil,
        in tx: PostgresTransaction
    ) async throws(PostgresError) {
        try await tx.pipeline(Self.statements([OutboxCall(method, request, id: id)], tenant: tenant, principal: principal))
        notify(after: tx)
    }

    /// One statement for all of them, in their order; none where there are none. ``notify(after:)`` belongs to it.
    public static func statements(_ calls: [OutboxCall], tenant: TenantID, principal: String? = nil) -> [(String, [PostgresValue])] {
        calls.isEmpty ? [] : [statement(calls, tenant: tenant, principal: principal)]
    }

    static func statement(_ calls: [OutboxCall], tenant: TenantID, principal: String?) -> (String, [PostgresValue]) {
        let context = RequestContext.current
        return (
            insert,
            [
                .uuid(tenant.rawValue), .uuidArray(calls.map(\.id)), .textArray(calls.map(\.destination)), .textArray(calls.map(\.method)),
                .bytesArray(calls.map(\.payload)), .optional(principal ?? context?.principal), .optional(context?.trace.traceparent),
            ]
        )
    }

    /// Delivery begins when the transaction has committed.
    public func notify(after tx: PostgresTransaction) { tx.afterCommit { [doorbell] in doorbell.ring() } }
}

/// A call that waits to be written.
public struct OutboxCall: Sendable {
    let id: UUID
    let destination: String
    let method: String
    let payload: [UInt8]

    public init(_ method: MethodDescriptor, _ request: some WireMessage, id: UUID) {
        guard let owner = method.owner else { preconditionFailure("\(method.name) belongs to no one service") }
        self.id = id
        destination = owner.rawValue
        self.method = method.name
        payload = request.encodedBytes()
    }
}
