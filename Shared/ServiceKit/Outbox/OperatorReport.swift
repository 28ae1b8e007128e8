internal import FoundationEssentials
public import Identity
public import JSON
internal import Postgres
internal import Wire
internal import WireRuntime

/// What an operator did to a tenant's message and who it was, for that tenant's security log.
public struct OperatorReport: Sendable, Hashable {
    public enum Deed: String, Sendable {
        case replayed = "queue.replayed"
        case dropped = "queue.dropped"
    }

    public let deed: Deed
    public let tenant: TenantID
    /// For example `operator:omar`.
    public let principal: String
    public let detail: JSONObject

    public init(_ deed: Deed, tenant: TenantID, principal: String, detail: JSONObject) {
        self.deed = deed
        self.tenant = tenant
        self.principal = principal
        self.detail = detail
    }

    /// Through the outbox, in the transaction of the deed: neither is there without the other.
    func statement() -> (String, [PostgresValue]) {
        let id = UUIDv7.make()
        let request = LedgerV1.RecordSecurityEventRequest(
            kind: deed.rawValue, tenantID: tenant.bytes, principal: principal, detailJSON: JSONValue.object(detail).encoded(), eventID: id.bytes)
        return Outbox.statement([OutboxCall(LedgerV1.Methods.recordSecurityEvent, request, id: id)], tenant: tenant, principal: principal)
    }
}
