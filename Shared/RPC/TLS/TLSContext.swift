internal import COpenSSL
internal import Trust

/// What all connections of one end share: certificate, key, trusted root. Built once, never on an event loop.
///
/// SAFETY: the SSL_CTX is complete before this object is shared and is not changed afterwards; OpenSSL counts its references
/// atomically and lets many threads make connections from it.
public final class TLSContext: @unchecked Sendable {
    let pointer: OpaquePointer
    let role: Role
    let trustDomain: String
    let applicationProtocol: String?
    /// A client's; a server's are kept by OpenSSL.
    let sessions: SessionCache?
    /// SHA-256 of the DER of this end's own certificate, to which delegation tokens are bound.
    public let certificateThumbprint: [UInt8]?
    /// Who this end's own certificate says that it is.
    public let spiffeID: String?

    public enum Role: Hashable, Sendable {
        case server
        case client
    }

    /// ALPN of the mesh.
    public static let meshProtocol = "provable-rpc/1"
    public static let defaultTrustDomain = "provable.internal"

    /// - Parameters:
    ///   - certificatePEM: Leaf first. A client outside the mesh (of Redis, say) may go without one.
    ///   - caPEM: One root or, during its rotation, several.
    ///   - applicationProtocol: ALPN; nil for none.
    ///   - trustDomain: The host of the SPIFFE ids that are believed.
    ///   - resumes: A client that does not keeps no tickets; a server that does not gives none.
    public init(
        certificatePEM: String?, keyPEM: String?, caPEM: String, role: Role, applicationProtocol: String? = TLSContext.meshProtocol,
        trustDomain: String = TLSContext.defaultTrustDomain, resumes: Bool = true
    ) throws(TLSError) {
        guard let context = SSL_CTX_new(role == .server ? TLS_server_method() : TLS_client_method()) else {
            throw .configuration(OpenSSLErrors.take())
        }
        pointer = context
        self.role = role
        self.applicationProtocol = applicationProtocol
        sessions = role == .client && resumes ? SessionCache() : nil
        let own = certificatePEM.flatMap { try? Certificate(pem: $0) }
        certificateThumbprint = own?.thumbprint.bytes
        spiffeID = own?.spiffeID
        self.trustDomain = trustDomain
        try Self.restrict(context)
        try Self.resume(role, trustDomain, tickets: resumes ? 1 : 0, context)
        try Self.trust(caPEM, context)
        if let certificatePEM, let keyPEM {
            try Self.present(certificatePEM, keyPEM, context)
        } else if role == .server {
            throw .configuration("a server needs a certificate and its key")
        }
        if let applicationProtocol { try Self.negotiate(applicationProtocol, role, context) }
    }

    deinit { SSL_CTX_free(pointer) }

    private static func restrict(_ context: OpaquePointer) throws(TLSError) {
        guard SSL_CTX_ctrl(context, SSL_CTRL_SET_MIN_PROTO_VERSION, CLong(TLS1_3_VERSION), nil) == 1,
            SSL_CTX_ctrl(context, SSL_CTRL_SET_MAX_PROTO_VERSION, CLong(TLS1_3_VERSION), nil) == 1,
            SSL_CTX_set_ciphersuites(context, "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256") == 1
        else { throw .configuration(OpenSSLErrors.take()) }
        try agreeKeys(context)
        // A write may be taken in parts and repeated from another address: buffers move between event-loop ticks. OpenSSL keeps its own
        // two for as long as the connection: these are few and long, and to make them anew costs something with each record.
        let modes = SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER
        SSL_CTX_ctrl(context, SSL_CTRL_MODE, CLong(modes), nil)
        // It could be replayed.
        SSL_CTX_set_max_early_data(context, 0)
        SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, PeerCheck.callback)
        SSL_CTX_set_verify_depth(context, 3)
    }

    /// Three curves and nothing else: a group that costs the server much more than whoever asks for it is not on offer. A FIPS module has
    /// no X25519, and OpenSSL refuses a list as a whole for one name in it.
    private static func agreeKeys(_ context: OpaquePointer) throws(TLSError) {
        let isSet = ["X25519:P-256:P-384", "P-256:P-384"].contains { groups in
            groups.withCString { SSL_CTX_ctrl(context, SSL_CTRL_SET_GROUPS_LIST, 0, UnsafeMutableRawPointer(mutating: $0)) == 1 }
        }
        guard isSet else { throw .configuration(OpenSSLErrors.take()) }
        ERR_clear_error()
    }

    /// A ticket is a name for what this context remembers of the handshake, the peer's certificate among it: another server, and this one
    /// after its certificate was replaced, does a full handshake. Who the peer is, is judged again each time. Tickets that hold all of it,
    /// encrypted, would outlive their key's secrecy and make OpenSSL parse the certificate once more for each.
    private static func resume(_ role: Role, _ trustDomain: String, tickets: Int, _ context: OpaquePointer) throws(TLSError) {
        SSL_CTX_set_timeout(context, ticketSeconds)
        switch role {
        case .server:
            SSL_CTX_set_num_tickets(context, tickets)
            SSL_CTX_set_options(context, noStatelessTickets)
            SSL_CTX_ctrl(context, SSL_CTRL_SET_SESS_CACHE_MODE, CLong(tickets > 0 ? SSL_SESS_CACHE_SERVER : SSL_SESS_CACHE_OFF), nil)
            SSL_CTX_ctrl(context, SSL_CTRL_SET_SESS_CACHE_SIZE, sessionsMax, nil)
            let name = SHA256Digest(hashing: trustDomain.utf8).bytes
            guard SSL_CTX_set_session_id_context(context, name, CUnsignedInt(name.count)) == 1 else { throw .configuration(OpenSSLErrors.take()) }
        case .client:
            let mode = SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL
            SSL_CTX_ctrl(context, SSL_CTRL_SET_SESS_CACHE_MODE, CLong(mode), nil)
            SSL_CTX_sess_set_new_cb(context, SessionCache.received)
        }
    }

    private static let ticketSeconds: CLong = 3600
    /// A few kilobytes each.
    private static let sessionsMax: CLong = 1024
    /// SSL_OP_NO_TICKET, a macro that Swift does not import; in TLS 1.3 it means tickets that are names.
    private static let noStatelessTickets: UInt64 = 1 << 14

    private static func trust(_ caPEM: String, _ context: OpaquePointer) throws(TLSError) {
        let store = SSL_CTX_get_cert_store(context)
        var count = 0
        try withCertificates(in: caPEM) { certificate throws(TLSError) in
            guard X509_STORE_add_cert(store, certificate) == 1 else { throw .configuration(OpenSSLErrors.take()) }
            count += 1
        }
        guard count > 0 else { throw .configuration("the CA file holds no certificate") }
    }

    private static func present(_ certificatePEM: String, _ keyPEM: String, _ context: OpaquePointer) throws(TLSError) {
        var isLeaf = true
        try withCertificates(in: certificatePEM) { certificate throws(TLSError) in
            let added =
                isLeaf
                ? SSL_CTX_use_certificate(context, certificate)
                : CInt(SSL_CTX_ctrl(context, SSL_CTRL_CHAIN_CERT, 1, UnsafeMutableRawPointer(certificate)))
            guard added == 1 else { throw .configuration(OpenSSLErrors.take()) }
            isLeaf = false
        }
        guard !isLeaf else { throw .configuration("the certificate file holds no certificate") }
        guard let bio = bio(holding: keyPEM) else { throw .configuration(OpenSSLErrors.take()) }
        defer { BIO_free_all(bio) }
        // The callback refuses a passphrase: without one OpenSSL would ask on the terminal.
        guard let key = PEM_read_bio_PrivateKey(bio, nil, { _, _, _, _ in -1 }, nil) else {
            throw .configuration("private key: \(OpenSSLErrors.take())")
        }
        defer { EVP_PKEY_free(key) }
        guard SSL_CTX_use_PrivateKey(context, key) == 1, SSL_CTX_check_private_key(context) == 1 else {
            throw .configuration("the private key does not belong to the certificate: \(OpenSSLErrors.take())")
        }
    }

    private static func negotiate(_ name: String, _ role: Role, _ context: OpaquePointer) throws(TLSError) {
        precondition(name == meshProtocol, "one protocol: the server's callback knows it")
        switch role {
        case .client:
            let wire = [UInt8(name.utf8.count)] + Array(name.utf8)
            // Unlike its siblings, this one returns 0 for success.
            guard SSL_CTX_set_alpn_protos(context, wire, CUnsignedInt(wire.count)) == 0 else {
                throw .configuration(OpenSSLErrors.take())
            }
        case .server:
            SSL_CTX_set_alpn_select_cb(context, ApplicationProtocol.select, nil)
        }
    }

    private static func withCertificates(
        in pem: String, _ body: (OpaquePointer) throws(TLSError) -> Void
    ) throws(TLSError) {
        guard let bio = bio(holding: pem) else { throw .configuration(OpenSSLErrors.take()) }
        defer { BIO_free_all(bio) }
        while let certificate = PEM_read_bio_X509(bio, nil, { _, _, _, _ in -1 }, nil) {
            defer { X509_free(certificate) }
            try body(certificate)
        }
        // The end of the file is reported as an error too.
        ERR_clear_error()
    }

    private static func bio(holding text: String) -> OpaquePointer? {
        let bytes = Array(text.utf8)
        guard !bytes.isEmpty, let bio = BIO_new(BIO_s_mem()) else { return nil }
        guard BIO_write(bio, bytes, CInt(bytes.count)) == bytes.count else {
            BIO_free_all(bio)
            return nil
        }
        return bio
    }
}
