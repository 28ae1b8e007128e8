internal import Identity

struct Tenant: Hashable, Sendable {
    var id: TenantID
    var slug: String
    var name: String
    /// company, agency or client.
    var kind: String
    var parent: TenantID?
}

struct Membership: Hashable, Sendable {
    var tenant: Tenant
    var email: String
    var name: String
    var roles: [String]
    /// The agency's tenant, where the member acts here by its grant.
    var origin: TenantID?
}

/// Tenants and their members.
protocol DirectoryStore: Sendable {
    func tenant(slug: String) async throws -> Tenant?
    /// By slug of the tenant.
    func memberships(of email: String) async throws -> [Membership]
    func members(of tenant: TenantID) async throws -> [Membership]
    func everyMembership() async throws -> [Membership]
}
