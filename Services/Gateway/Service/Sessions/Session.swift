internal import FoundationEssentials
internal import GatewayCore
internal import Identity

/// A signed-in person in one of their tenants.
struct Session: Sendable {
    var token: SessionToken
    var membership: Membership
    /// Every tenant in which the person may act.
    var all: [Membership]
    var expires: Date

    static let lifetimeSeconds = 12 * 3_600

    var tenant: TenantID { membership.tenant.id }
    var principal: String { membership.email }
    var roles: [String] { membership.roles }
}
