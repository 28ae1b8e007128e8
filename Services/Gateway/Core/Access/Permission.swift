/// What a request needs. Roles carry permissions; what a person may do to a particular task is decided by the flow engine.
public enum Permission: String, CaseIterable, Hashable, Sendable {
    case read
    case decide
    case run
    case publish
    case policy
    case connect
    case budget
    case ingest
    case security
}

/// The roles of a tenant's members, and what each may ask of the gateway.
public enum Role {
    private static let permissions: [String: Set<Permission>] = [
        "admin": Set(Permission.allCases),
        "operator": [.read, .decide, .run, .publish, .ingest],
        "on-call": [.read, .decide, .run],
        "change-approver": [.read, .decide],
        "finance": [.read, .decide, .budget],
        "auditor": [.read, .security],
        "viewer": [.read],
    ]

    public static func allows(_ roles: some Sequence<String>, _ permission: Permission) -> Bool {
        roles.contains { permissions[$0]?.contains(permission) ?? false }
    }

    public static let known: Set<String> = Set(permissions.keys)
}
