internal import Cedar

/// Decides who may ask what of the gateway, by Cedar.
public struct AccessControl: Sendable {
    /// What was decided, and by which policies.
    public struct Judgement: Hashable, Sendable {
        public let isAllowed: Bool
        /// Those that allow it; none where nothing does.
        public let policies: [String]
        /// Any of which would allow it, where it is not allowed.
        public let rolesThatWould: [String]
    }

    private let policies: PolicySet
    /// The operations, each in its permission.
    private let entities: Entities

    /// - Parameter operations: Every operation that is decided about, by its `operationId`.
    /// - Throws: Where the policies are no Cedar, or an operation stands twice.
    public init(operations: [(id: String, permission: Permission)], policies text: String = AccessPolicies.text) throws {
        policies = try PolicySet(parsing: text)
        entities = try Entities(
            operations.map { Entity(uid: Self.action($0.id), parents: [EntityUID(type: "Permission::Action", id: Text($0.permission.rawValue))]) })
    }

    /// A role that the platform does not know gives nothing.
    public func judge(_ operation: String, by person: String, roles: [String], tenant: String) -> Judgement {
        let response = decide(operation, person, roles, tenant)
        guard response.decision != .allow else {
            return Judgement(isAllowed: true, policies: response.reasons.map(\.description), rolesThatWould: [])
        }
        let would = Role.known.sorted().filter { decide(operation, person, roles + [$0], tenant).decision == .allow }
        return Judgement(isAllowed: false, policies: response.reasons.map(\.description), rolesThatWould: would)
    }

    private func decide(_ operation: String, _ person: String, _ roles: [String], _ tenant: String) -> Response {
        let user = EntityUID(type: "User", id: Text(person))
        let known = roles.filter { Role.known.contains($0) }
        // Who has any role in the tenant is a member of it.
        let groups = known.isEmpty ? [] : known + ["member"]
        let principal = Entity(uid: user, parents: groups.map { EntityUID(type: "Role", id: Text($0)) })
        let request = Request(principal: user, action: Self.action(operation), resource: EntityUID(type: "Tenant", id: Text(tenant)))
        // A person is in roles, and nothing is in a person: there can be no cycle.
        guard let all = try? entities.adding(principal) else { preconditionFailure("a person is in themselves") }
        return Authorizer.isAuthorized(request, policies, all)
    }

    private static func action(_ operation: String) -> EntityUID { EntityUID(type: "Action", id: Text(operation)) }
}
