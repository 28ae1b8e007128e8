public import FoundationEssentials
public import Identity

/// News that something of a tenant is ready to be looked at. It carries no content: the truth is in Postgres.
public struct Wake: Sendable, Hashable {
    public let tenant: TenantID
    public let id: UUID

    public init(tenant: TenantID, id: UUID) {
        self.tenant = tenant
        self.id = id
    }

    init?(_ entry: RedisStreamEntry) {
        guard let tenant = entry.fields["tenant"].flatMap({ TenantID($0) }), let id = entry.fields["id"].flatMap({ UUID(uuidString: $0) }) else {
            return nil
        }
        self.init(tenant: tenant, id: id)
    }

    var fields: [(String, String)] { [("tenant", tenant.description), ("id", id.lowercased)] }
}
