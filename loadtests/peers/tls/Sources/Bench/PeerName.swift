internal import Identity
internal import NIOCore
internal import NIOSSL
internal import NIOTLS
internal import RPC

/// Adds the TLS handler of one connection to its pipeline.
typealias Securing = @Sendable (any Channel) throws -> Void

/// Whose TLS is measured. Both ends have certificates, speak TLS 1.3 with X25519 and AES-128-GCM, and verify each other.
enum PeerName: String {
    case mesh
    case nioSSL = "nio-ssl"

    func makeServer(_ credentials: Credentials) throws -> Securing {
        switch self {
        case .mesh:
            let context = try TLSContext(
                certificatePEM: try credentials.text("policy.pem"), keyPEM: try credentials.text("policy.key"),
                caPEM: try credentials.text("root.pem"), role: .server)
            return { try $0.pipeline.syncOperations.addHandler(try TLSHandler(context: context, expecting: .anyService)) }
        case .nioSSL:
            var configuration = TLSConfiguration.makeServerConfiguration(
                certificateChain: try NIOSSLCertificate.fromPEMFile(credentials.path("policy.pem")).map { .certificate($0) },
                privateKey: .privateKey(try NIOSSLPrivateKey(file: credentials.path("policy.key"), format: .pem)))
            // A client has no name to be held against; its certificate must be of the root.
            configuration.certificateVerification = .noHostnameVerification
            let context = try NIOSSLContext(configuration: Self.restricted(configuration, credentials))
            return { try $0.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: context)) }
        }
    }

    /// - Parameter resumes: The peer's library has no sessions for clients: it always shakes hands in full.
    func makeClient(_ credentials: Credentials, resumes: Bool) throws -> Securing {
        switch self {
        case .mesh:
            let context = try TLSContext(
                certificatePEM: try credentials.text("gateway.pem"), keyPEM: try credentials.text("gateway.key"),
                caPEM: try credentials.text("root.pem"), role: .client, resumes: resumes)
            return { try $0.pipeline.syncOperations.addHandler(try TLSHandler(context: context, expecting: .service(.policy))) }
        case .nioSSL:
            guard !resumes else { throw BenchError("nio-ssl does not resume") }
            var configuration = TLSConfiguration.makeClientConfiguration()
            configuration.certificateChain = try NIOSSLCertificate.fromPEMFile(credentials.path("gateway.pem")).map { .certificate($0) }
            configuration.privateKey = .privateKey(try NIOSSLPrivateKey(file: credentials.path("gateway.key"), format: .pem))
            let context = try NIOSSLContext(configuration: Self.restricted(configuration, credentials))
            return { try $0.pipeline.syncOperations.addHandler(try NIOSSLClientHandler(context: context, serverHostname: "localhost")) }
        }
    }

    private static func restricted(_ configuration: TLSConfiguration, _ credentials: Credentials) throws -> TLSConfiguration {
        var configuration = configuration
        configuration.minimumTLSVersion = .tlsv13
        configuration.curves = [.x25519]
        configuration.trustRoots = .certificates(try NIOSSLCertificate.fromPEMFile(credentials.path("root.pem")))
        configuration.applicationProtocols = [TLSContext.meshProtocol]
        return configuration
    }

    /// Whether this says that both ends know each other.
    static func isHandshakeCompleted(_ event: Any) -> Bool {
        if event is TLSHandshakeCompleted { return true }
        if case .handshakeCompleted? = event as? TLSUserEvent { return true }
        return false
    }
}
