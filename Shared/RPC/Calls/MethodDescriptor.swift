public import Identity

/// A method and who may call it. Generated from the comments on the rpc in its proto file.
public struct MethodDescriptor: Hashable, Sendable {
    public enum Tenancy: Hashable, Sendable {
        /// A call without a tenant is refused: there is no default tenant.
        case required
        /// The method belongs to no tenant.
        case unbound
    }

    /// For example `provable.ledger.v1.Ledger/Append`.
    public let name: String
    /// The service that serves it; nil where every service does.
    public let owner: ServiceName?
    public let callers: Set<ServiceName>
    /// Callers that may speak for a tenant without a delegation token.
    public let trusted: Set<ServiceName>
    public let tenancy: Tenancy
    /// May be sent again when it is not known whether it ran.
    public let isIdempotent: Bool
    public let shape: CallShape

    public init(
        name: String, owner: ServiceName?, callers: Set<ServiceName>, trusted: Set<ServiceName>, tenancy: Tenancy, isIdempotent: Bool,
        shape: CallShape = .unary
    ) {
        self.name = name
        self.owner = owner
        self.callers = callers
        self.trusted = trusted
        self.tenancy = tenancy
        self.isIdempotent = isIdempotent
        self.shape = shape
    }
}
