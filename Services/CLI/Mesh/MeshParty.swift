internal import Foundation
internal import Identity
internal import JSON
internal import Logging
internal import RPC
internal import Trust

/// Speaks on the mesh with the certificates and ports of a development platform.
struct MeshParty: Sendable {
    private static let tokenLifetime: Int64 = 60
    let state: String

    /// A channel to one service, as another; closed when `body` ends.
    func withChannel<T: Sendable>(as caller: ServiceName, to service: ServiceName, _ body: (any RPCChannel) async throws -> T) async throws -> T {
        let address = try address(of: service)
        let context = try TLSContext(
            certificatePEM: try text("pki/\(caller).pem"), keyPEM: try text("pki/\(caller).key"), caPEM: try text("pki/ca.pem"), role: .client)
        let client = RPCClient(
            configuration: .init(
                host: address.host, port: address.port, service: service, caller: caller, security: .tls(TLSContextSource(context))),
            logger: Logger(label: "mesh", factory: { _ in SwiftLogNoOpLogHandler() }))
        do {
            let value = try await body(client)
            await client.close()
            return value
        } catch {
            await client.close()
            throw error
        }
    }

    /// A delegation token as the gateway mints it.
    func token(tenant: TenantID, principal: String, boundTo service: ServiceName) throws -> String {
        let now = Int64(Date().timeIntervalSince1970)
        let thumbprint = try Certificate(pem: try text("pki/\(service).pem")).thumbprint.bytes
        let claims = DelegationClaims(
            tenant: tenant, principal: principal, roles: ["admin"], issuedAt: now, expiresAt: now + Self.tokenLifetime,
            certificateThumbprint: thumbprint)
        return try DelegationToken.sign(claims, with: try ES256PrivateKey(pem: try text("pki/signing/delegation.key")))
    }

    private func address(of service: ServiceName) throws -> (host: String, port: Int) {
        let config = try JSONValue(parsing: try text("config/\(service).json"))
        guard let host = config["rpc"]?["host"]?.stringValue, let port = config["rpc"]?["port"]?.intValue else {
            throw DevFailure("config/\(service).json has no rpc address")
        }
        return (host, Int(port))
    }

    private func text(_ name: String) throws -> String {
        guard let text = try? String(contentsOfFile: "\(state)/\(name)", encoding: .utf8) else {
            throw DevFailure("cannot read \(state)/\(name): is the platform of this folder set up? (`make up`)")
        }
        return text
    }
}
