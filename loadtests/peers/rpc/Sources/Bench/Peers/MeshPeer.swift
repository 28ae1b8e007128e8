internal import Foundation
internal import Identity
internal import Logging
internal import NIOCore
internal import NIOPosix
internal import RPC
internal import Synchronization
internal import Trust
internal import WireProbe

private let quiet = Logger(label: "bench") { _ in SwiftLogNoOpLogHandler() }

/// Counts calls and adds up their time, as a metrics registry does.
final class CountingObserver: CallObserver {
    private let calls = Atomic<Int>(0)
    private let microseconds = Atomic<Int>(0)

    func callEnded(_ record: CallRecord) {
        calls.add(1, ordering: .relaxed)
        microseconds.add(Int(record.duration.inSeconds * 1e6), ordering: .relaxed)
    }
}

/// Calls as the gateway makes them: mutual TLS, tenant, principal, a signed delegation token that is checked, deadline, trace.
final class MeshClient: EchoClient {
    let client: RPCClient
    let probe: ProbeV1.ProbeClient
    private let credentials: Credentials
    private let token: Mutex<(String, ContinuousClock.Instant)>
    private let thumbprint: [UInt8]
    private let tenant: TenantID

    init(port: Int, credentials: Credentials) throws {
        self.credentials = credentials
        let security = TransportSecurity.tls(TLSContextSource(try credentials.context(of: "gateway", role: .client)))
        var configuration = RPCClient.Configuration(host: "127.0.0.1", port: port, service: .policy, caller: .gateway, security: security)
        configuration.observer = CountingObserver()
        client = RPCClient(configuration: configuration, group: MultiThreadedEventLoopGroup(numberOfThreads: 1), logger: quiet)
        probe = ProbeV1.ProbeClient(channel: client)
        thumbprint = try Certificate(pem: try credentials.text("gateway.pem")).thumbprint.bytes
        guard let tenant = TenantID("0192f000-0000-7000-8000-000000000001") else { throw BenchError("the tenant's id") }
        self.tenant = tenant
        token = Mutex((try Self.sign(tenant, thumbprint, credentials), .now))
    }

    private static func sign(_ tenant: TenantID, _ thumbprint: [UInt8], _ credentials: Credentials) throws -> String {
        let now = Int64(Date().timeIntervalSince1970)
        return try DelegationToken.sign(
            DelegationClaims(
                tenant: tenant, principal: "dana@acme.example", roles: ["change-approver"], issuedAt: now, expiresAt: now + 600,
                certificateThumbprint: thumbprint),
            with: try credentials.delegationKey())
    }

    /// A gateway signs one for each request of a person, who makes several calls under it; here one lasts five minutes.
    func options(timeout: Duration = .seconds(5)) throws -> CallOptions {
        let current = try token.withLock { token in
            if token.1 + .seconds(300) < .now { token = (try Self.sign(tenant, thumbprint, credentials), .now) }
            return token.0
        }
        return CallOptions(tenant: tenant, principal: "dana@acme.example", delegationToken: current, timeout: timeout, trace: .make())
    }

    func echo(_ bytes: [UInt8]) async throws -> [UInt8] {
        let answer = try await probe.echo(ProbeV1.Everything(blobs: [bytes]), options: try options())
        return answer.blobs.first ?? []
    }

    /// A reply of so many bytes.
    func large(_ count: UInt64) async throws -> Int {
        let answer = try await probe.echo(ProbeV1.Everything(counts: [count]), options: try options())
        return answer.blobs.first?.count ?? 0
    }

    /// Whether the handler of the lingering call of that name runs.
    func hasBegun(_ name: String) async throws -> Bool {
        try await probe.echo(ProbeV1.Everything(names: [name]), options: try options()).ok
    }

    /// Takes so long to be served, on one of the server's few working places.
    func work(microseconds: UInt64, timeout: Duration) async throws {
        _ = try await probe.echo(ProbeV1.Everything(wide: microseconds), options: try options(timeout: timeout))
    }
}
