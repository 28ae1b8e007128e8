internal import GatewayCore

/// Who is signed in.
protocol SessionStore: Sendable {
    /// Nil where the person is no member of the tenant.
    func begin(email: String, slug: String) async throws -> Session?
    /// Roles are read anew at each request, so that a removed member is out at once.
    func session(_ token: SessionToken) async throws -> Session?
    func end(_ token: SessionToken) async throws
}
