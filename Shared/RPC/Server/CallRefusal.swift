public import Identity

/// A call that was refused for who asked; services record it as a security event.
public struct CallRefusal: Sendable {
    public let error: RPCError
    public let caller: ServiceName
    public let method: String
    /// As claimed.
    public let tenant: TenantID?
    public let principal: String?
    public let trace: TraceContext?
}
