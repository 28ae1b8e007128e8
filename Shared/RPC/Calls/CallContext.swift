public import Identity

/// What a handler knows about the call it serves. All of it was checked before the handler ran.
public struct CallContext: Sendable {
    /// From the certificate of the connection.
    public var caller: ServiceName
    public var tenant: TenantID?
    public var principal: String?
    /// Of the principal in the tenant, as the gateway vouched for them; empty where a trusted service spoke without a token.
    public var roles: [String]
    /// The tenant from which the principal acts, where it is an agency that acts in its client's tenant.
    public var originTenant: TenantID?
    public var deadline: ContinuousClock.Instant
    public var trace: TraceContext
    public var idempotencyKey: String?
    public var delegationToken: String?
    /// Calls that a handler makes on behalf of this one are as urgent as it is.
    public var priority = PriorityClass.normal

    public init(
        caller: ServiceName, tenant: TenantID? = nil, principal: String? = nil, roles: [String] = [], originTenant: TenantID? = nil,
        deadline: ContinuousClock.Instant = .now + .seconds(5), trace: TraceContext = .make(), idempotencyKey: String? = nil,
        delegationToken: String? = nil
    ) {
        self.caller = caller
        self.tenant = tenant
        self.principal = principal
        self.roles = roles
        self.originTenant = originTenant
        self.deadline = deadline
        self.trace = trace
        self.idempotencyKey = idempotencyKey
        self.delegationToken = delegationToken
    }

    public func requireTenant() throws(RPCError) -> TenantID {
        guard let tenant else {
            throw RPCError(.unauthenticated, reason: "TENANT_MISSING", message: "this method needs a tenant")
        }
        return tenant
    }

    public func requirePrincipal() throws(RPCError) -> String {
        guard let principal, !principal.isEmpty else {
            throw RPCError(.unauthenticated, reason: "PRINCIPAL_MISSING", message: "this method needs a principal")
        }
        return principal
    }
}

/// The context of the call that the current task serves: for logs and for calls that carry it on.
public enum RequestContext {
    @TaskLocal public static var current: CallContext?
}
