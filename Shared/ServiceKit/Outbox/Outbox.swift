public import FoundationEssentials
public import Identity
public import Postgres
public import RPC
public import WireRuntime

/// Calls to other services that are made if, and only if, the transaction they were put in commits.
public struct Outbox: Sendable {
    private static let insert = """
        INSERT INTO outbox (tenant_id, id, destination, method, payload, principal, traceparent) VALUES ($1, $2, $3, $4, $5, $6, $7)
        """

    private let doorbell: Doorbell

    init(doorbell: Doorbell) { self.doorbell = doorbell }

    /// The receiver gets `request` at least once, with `id` as the idempotency key, and after all that this tenant sent it before.
    ///
    /// - Parameter principal: On whose behalf; by default that of the call being served.
    public func enqueue(
        call method: MethodDescriptor, request: some WireMessage, id: UUID, tenant: TenantID, principal: String? = nil,
        in tx: PostgresTransaction
    ) async throws(PostgresError) {
        let (sql, parameters) = Self.statement(method, request.encodedBytes(), id, tenant, principal)
        try await tx.execute(sql, parameters)
        notify(after: tx)
    }

    static func statement(
        _ method: MethodDescriptor, _ payload: [UInt8], _ id: UUID, _ tenant: TenantID, _ principal: String?
    ) -> (String, [PostgresValue]) {
        guard let owner = method.owner else { preconditionFailure("\(method.name) belongs to no one service") }
        let context = RequestContext.current
        return (
            insert,
            [
                .uuid(tenant.rawValue), .uuid(id), .text(owner.rawValue), .text(method.name), .bytes(payload),
                .optional(principal ?? context?.principal), .optional(context?.trace.traceparent),
            ]
        )
    }

    func notify(after tx: PostgresTransaction) { tx.afterCommit { [doorbell] in doorbell.ring() } }
}
