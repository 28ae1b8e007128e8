public import Identity

/// Names of keys: `{tenant}:service:what…`. The braces keep a tenant's keys in one slot of a cluster; the service is what its ACL user may reach.
public enum RedisKey {
    /// Of no single tenant.
    public static let platform = "{platform}"

    /// - Parameter tenant: Nil for what all tenants share.
    public static func name(tenant: TenantID?, _ parts: String...) -> String {
        ([tenant.map { "{\($0)}" } ?? platform] + parts).joined(separator: ":")
    }
}
