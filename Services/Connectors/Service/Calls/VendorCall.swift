internal import ConnectorsCore
internal import FoundationEssentials
internal import Identity
internal import JSON
internal import Postgres
internal import RPC
internal import ServiceKit
internal import Trust

/// The way to whoever does the operation, opened for one call.
struct VendorCall: Sendable {
    /// For the receipt: whom the call goes to.
    let host: String
    let perform: @Sendable (_ firstSent: Date) async -> OperationRunner.Performance
    let look: @Sendable (_ firstSent: Date, _ sent: Date, _ patience: Duration) async -> OperationRunner.ReadBack

    func perform(firstSent: Date) async -> OperationRunner.Performance { await perform(firstSent) }
    func readBack(firstSent: Date, sent: Date, patience: Duration) async -> OperationRunner.ReadBack { await look(firstSent, sent, patience) }
}

extension CallExecutor {
    /// - Throws: ``CallFailure`` where the tenant's connection does not lead there.
    func vendor() async throws -> VendorCall {
        guard case .http(let work) = entry.operation.work, let http = entry.manifest.http else { return meshCall() }
        let access = try await access(http)
        let (parts, asked) = (parts, asked)
        let timeout = vendorTimeout
        let runner = OperationRunner(entry.operation, work, failures: http.failures) { request in
            var request = request
            request.headers = Self.headers(of: http) + request.headers
            return await parts.transport.send(request, access, timeout: timeout)
        }
        let scope = { @Sendable (firstSent: Date) in
            CallScope(input: asked.input, identity: asked.identity, baseURL: access.base.description, firstSent: firstSent)
        }
        return VendorCall(
            host: access.base.host, perform: { await runner.perform(scope($0)) },
            look: { firstSent, sent, patience in
                await runner.readBack(scope(firstSent), sent: sent, now: { parts.clock.now }, patience: patience, pause: parts.pause)
            })
    }

    private func meshCall() -> VendorCall {
        let options = options(vendorTimeout)
        let (parts, asked) = (parts, asked)
        return VendorCall(
            host: entry.manifest.name,
            perform: { _ in await parts.platform.perform(asked.identity.operation, asked.input, run: asked.identity.run, options: options) },
            look: { _, _, _ in .absent(isCertain: false) })
    }

    private func access(_ http: ConnectorManifest.HTTPAccess) async throws -> VendorAccess {
        let connector = entry.manifest.name
        let (connection, secrets) = try await parts.pool.withTenant(tenant) { tx in
            (
                try await parts.connections.connection(connector, tenant: tenant, in: tx),
                try await parts.connections.secrets(of: connector, tenant: tenant, in: tx)
            )
        }
        guard let base = try connection?.baseURL.map({ try VendorURL($0) }) ?? http.baseURL else {
            throw CallFailure(.unauthorized, "\(entry.manifest.title) is not connected: it has no address")
        }
        let egress = parts.registry.egress(of: entry.manifest)
        do { try egress.check(base: base) } catch { throw CallFailure(.egressRefused, error.description) }
        return VendorAccess(base: base, egress: egress, authorization: try authorization(http.authentication, secrets))
    }

    private func authorization(_ scheme: ConnectorManifest.Authentication, _ secrets: [String: Secret]) throws -> Secret? {
        func secret(_ field: String) throws -> Secret {
            guard let value = secrets[field], !value.isEmpty else {
                throw CallFailure(.unauthorized, "\(entry.manifest.title) is not connected: the secret \(field) is not set")
            }
            return value
        }
        switch scheme {
        case .none: return nil
        case .bearer(let field): return Secret("Bearer \(try secret(field).exposedText)")
        case .basic(let user, let password):
            let pair = try secret(user).exposedBytes + [UInt8(ascii: ":")] + (try secret(password).exposedBytes)
            return Secret("Basic \(Base64.encode(pair))")
        }
    }

    private static func headers(of http: ConnectorManifest.HTTPAccess) -> [RenderedRequest.Header] {
        http.headers.compactMap { header in (try? header.value.text(in: [:])).map { RenderedRequest.Header(name: header.name, value: $0) } }
    }
}
