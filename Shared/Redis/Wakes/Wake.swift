public import FoundationEssentials
public import Identity

/// News that something of a tenant is ready to be looked at. It carries no content: the truth is in Postgres.
public struct Wake: Sendable, Hashable {
    public let tenant: TenantID
    public let id: UUID
    /// W3C trace context of what made the thing ready. A consumer may not rely on it.
    public let traceparent: String?

    public init(tenant: TenantID, id: UUID, traceparent: String? = nil) {
        self.tenant = tenant
        self.id = id
        self.traceparent = traceparent
    }

    init?(_ entry: RedisStreamEntry) {
        guard let tenant = entry.fields["tenant"].flatMap({ TenantID($0) }), let id = entry.fields["id"].flatMap({ UUID(uuidString: $0) }) else {
            return nil
        }
        self.init(tenant: tenant, id: id, traceparent: entry.fields["traceparent"])
    }

    var fields: [(String, String)] {
        [("tenant", tenant.description), ("id", id.lowercased)] + (traceparent.map { [("traceparent", $0)] } ?? [])
    }
}
