internal import GatewayCore
internal import Identity
internal import JSON
internal import ServiceKit

/// Tenants and people from the setting `seed_file`, in development only.
struct DevelopmentSeed: Sendable {
    let tenants: [Tenant]
    let memberships: [Membership]

    /// `{"tenants":[{id,slug,name,kind,parent?}],"people":[{email,name,tenants:[{slug,roles,origin?}]}]}`
    init(_ json: JSONObject) throws(ConfigError) {
        var bySlug: [String: Tenant] = [:]
        for (index, entry) in (json["tenants"]?.arrayValue ?? []).enumerated() {
            guard let id = entry["id"]?.stringValue.flatMap({ TenantID($0) }), let slug = entry["slug"]?.stringValue,
                let name = entry["name"]?.stringValue, let kind = entry["kind"]?.stringValue
            else { throw ConfigError(["seed_file: tenants[\(index)]: id (UUID), slug, name and kind are needed"]) }
            bySlug[slug] = Tenant(id: id, slug: slug, name: name, kind: kind, parent: entry["parent"]?.stringValue.flatMap { bySlug[$0]?.id })
        }
        tenants = bySlug.values.sorted { ($0.parent == nil ? 0 : 1, $0.slug) < ($1.parent == nil ? 0 : 1, $1.slug) }
        var memberships: [Membership] = []
        for (index, person) in (json["people"]?.arrayValue ?? []).enumerated() {
            guard let email = person["email"]?.stringValue, let name = person["name"]?.stringValue else {
                throw ConfigError(["seed_file: people[\(index)]: email and name are needed"])
            }
            for place in person["tenants"]?.arrayValue ?? [] {
                let roles = (place["roles"]?.arrayValue ?? []).compactMap(\.stringValue)
                guard let tenant = place["slug"]?.stringValue.flatMap({ bySlug[$0] }), !roles.isEmpty, Set(roles).isSubset(of: Role.known) else {
                    throw ConfigError(["seed_file: people[\(index)].tenants: a known slug and known roles are needed"])
                }
                memberships.append(
                    Membership(
                        tenant: tenant, email: email, name: name, roles: roles, origin: place["origin"]?.stringValue.flatMap { bySlug[$0]?.id }))
            }
        }
        self.memberships = memberships
    }
}
