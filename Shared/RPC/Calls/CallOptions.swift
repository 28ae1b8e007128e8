public import Identity

/// What a caller sends along with a message.
public struct CallOptions: Sendable {
    public var tenant: TenantID?
    public var principal: String?
    public var delegationToken: String?
    public var timeout: Duration
    /// Where the caller itself has a deadline: the call ends at the earlier of the two.
    public var deadline: ContinuousClock.Instant?
    public var idempotencyKey: String?
    public var trace: TraceContext?
    /// Only for calls that read.
    public var hedging: HedgePolicy?
    /// Whose turn it is where the service has more to do than it can.
    public var priority = PriorityClass.normal

    public init(
        tenant: TenantID? = nil, principal: String? = nil, delegationToken: String? = nil, timeout: Duration = .seconds(5),
        deadline: ContinuousClock.Instant? = nil, idempotencyKey: String? = nil, trace: TraceContext? = nil
    ) {
        self.tenant = tenant
        self.principal = principal
        self.delegationToken = delegationToken
        self.timeout = timeout
        self.deadline = deadline
        self.idempotencyKey = idempotencyKey
        self.trace = trace
    }

    /// Carries tenant, principal, token, trace, priority and what is left of the deadline on to the next service. The idempotency
    /// key is not carried: it names the effect of this call, not of the next.
    public init(forwarding context: CallContext, timeout: Duration = .seconds(5)) {
        self.init(
            tenant: context.tenant, principal: context.principal, delegationToken: context.delegationToken, timeout: timeout,
            deadline: context.deadline, trace: context.trace.child())
        priority = context.priority
    }

    func effectiveDeadline(now: ContinuousClock.Instant) -> ContinuousClock.Instant {
        let own = now + timeout
        guard let deadline else { return own }
        return min(own, deadline)
    }
}
