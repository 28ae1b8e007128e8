internal import ConnectorsCore
internal import Trust

/// Where a request goes and what is added to it on the way out. The secret is in it and in nothing that is kept, printed or returned.
struct VendorAccess: Sendable {
    var base: VendorURL
    var egress: EgressPolicy
    /// The value of `Authorization`.
    var authorization: Secret?
}

/// Carries requests to vendors.
protocol VendorTransport: Sendable {
    func send(_ request: RenderedRequest, _ access: VendorAccess, timeout: Duration) async -> VendorExchange
}
