import Identity
import Logging
import NIOCore
import Trust
import WireProbe

@testable import RPC

/// The mesh of one test: a root, certificates and ways to make ends of connections.
struct TestMesh {
    static let domain = "test.provable"
    let root: IssuedCertificate
    let delegationKey: ES256PrivateKey

    init() throws {
        root = try CertificateAuthority.createRoot(commonName: "test root", validity: .seconds(3600))
        delegationKey = try ES256PrivateKey.generate()
    }

    func certificate(_ service: String, domain: String = TestMesh.domain, validity: Duration = .seconds(3600)) throws -> IssuedCertificate {
        try CertificateAuthority.issueLeaf(
            spiffeID: "spiffe://\(domain)/\(service)", dnsNames: ["localhost"], ipAddresses: ["127.0.0.1"], root: root, validity: validity)
    }

    func context(_ certificate: IssuedCertificate?, _ role: TLSContext.Role, alpn: String? = TLSContext.meshProtocol) throws -> TLSContext {
        try TLSContext(
            certificatePEM: certificate?.certificatePEM, keyPEM: certificate?.keyPEM.exposedText, caPEM: root.certificatePEM, role: role,
            applicationProtocol: alpn, trustDomain: Self.domain)
    }

    func security(_ service: ServiceName, _ role: TLSContext.Role) throws -> TransportSecurity {
        .tls(TLSContextSource(try context(certificate(service.rawValue), role)))
    }

    var verifier: SignedDelegationVerifier { SignedDelegationVerifier(keys: [delegationKey.publicKey]) }
}

let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

extension TenantID {
    static let acme = TenantID("0192f000-0000-7000-8000-000000000001")!
    static let contoso = TenantID("0192f000-0000-7000-8000-000000000003")!
}

/// Answers with what it was asked, and lets tests see contexts and cancellation.
final class ProbeHandler: ProbeV1.ProbeHandler {
    let contexts = AsyncStream.makeStream(of: CallContext.self)
    let started = AsyncStream.makeStream(of: Void.self)
    let cancelled = AsyncStream.makeStream(of: Void.self)

    func echo(_ request: ProbeV1.Everything, context: CallContext) async throws -> ProbeV1.Everything {
        contexts.continuation.yield(context)
        switch request.names.first {
        case "fail":
            throw RPCError(
                .failedPrecondition, reason: "NOT_NOW", message: "say it again later", details: ["why": "test"], retryAfter: .milliseconds(1500))
        case "crash": throw CancellationError()
        case "bug": throw SomeBug()
        case "large": return ProbeV1.Everything(blobs: [[UInt8](repeating: 1, count: 5 << 20)])
        default: return request
        }
    }

    func linger(_ request: ProbeV1.Nest, context: CallContext) async throws -> ProbeV1.Nest {
        started.continuation.yield()
        defer { cancelled.continuation.yield() }
        try await Task.sleep(for: .seconds(60))
        return request
    }

    func recite(_ request: ProbeV1.Everything, writer: MessageWriter<ProbeV1.Everything>, context: CallContext) async throws {
        for count in request.counts {
            try await writer.send(ProbeV1.Everything(names: request.names, counts: [count], blobs: request.blobs))
        }
        if request.names.first == "fail" { throw RPCError(.failedPrecondition, reason: "NOT_NOW", message: "say it again later") }
    }

    func collect(_ requests: MessageReader<ProbeV1.Everything>, context: CallContext) async throws -> ProbeV1.Everything {
        var names: [String] = []
        for try await request in requests {
            if request.names.first == "enough" { break }
            names += request.names
        }
        return ProbeV1.Everything(names: names)
    }

    func chat(
        _ requests: MessageReader<ProbeV1.Everything>, writer: MessageWriter<ProbeV1.Everything>, context: CallContext
    ) async throws {
        started.continuation.yield()
        defer { cancelled.continuation.yield() }
        for try await request in requests { try await writer.send(request) }
    }

    struct SomeBug: Error {}
}

extension AsyncStream {
    /// The next element; tests await events with it instead of sleeping.
    func first() async -> Element? {
        var iterator = makeAsyncIterator()
        return await iterator.next()
    }
}
