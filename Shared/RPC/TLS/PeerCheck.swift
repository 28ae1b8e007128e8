internal import COpenSSL
internal import Identity
internal import Trust

/// Judges the peer's certificate within the handshake, so that a refusal reaches the peer as an alert.
final class PeerCheck {
    let expectation: PeerExpectation
    /// Where a client's tickets are kept.
    let sessions: SessionCache?
    private let trustDomain: String
    private(set) var identity: PeerIdentity?

    init(_ expectation: PeerExpectation, trustDomain: String, sessions: SessionCache? = nil) {
        self.expectation = expectation
        self.trustDomain = trustDomain
        self.sessions = sessions
    }

    /// A resumed session has the certificate of the handshake that it goes back to; it is judged as of now, since the callback
    /// below is not asked.
    func acceptsResumed(_ certificate: OpaquePointer?) -> Bool {
        guard let certificate else { return false }
        // Negative: the time is past; positive: it is still to come; 0: it cannot be read.
        guard X509_cmp_current_time(X509_get0_notBefore(certificate)) < 0, X509_cmp_current_time(X509_get0_notAfter(certificate)) > 0
        else { return false }
        return accepts(certificate)
    }

    /// OpenSSL calls this for every certificate of the chain, the peer's own last, after its own verdict on it.
    ///
    /// SAFETY: the SSL object's application data (index 0) is the check that the connection holds as long as that object lives,
    /// and OpenSSL calls back only from within a call on it.
    static let callback: @convention(c) (CInt, OpaquePointer?) -> CInt = { isAcceptable, store in
        guard isAcceptable == 1, let store else { return 0 }
        guard X509_STORE_CTX_get_error_depth(store) == 0 else { return 1 }
        guard let ssl = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()),
            let data = SSL_get_ex_data(OpaquePointer(ssl), 0),
            let certificate = X509_STORE_CTX_get_current_cert(store)
        else { return 0 }
        let check = Unmanaged<PeerCheck>.fromOpaque(data).takeUnretainedValue()
        guard check.accepts(certificate) else {
            X509_STORE_CTX_set_error(store, X509_V_ERR_APPLICATION_VERIFICATION)
            return 0
        }
        return 1
    }

    private func accepts(_ certificate: OpaquePointer) -> Bool {
        switch expectation {
        case .anyService: return service(of: certificate) != nil
        case .service(let expected): return service(of: certificate) == expected
        case .dnsName(let name):
            return X509_check_host(certificate, name, name.utf8.count, UInt32(X509_CHECK_FLAG_NO_WILDCARDS), nil) == 1
        case .ipAddress(let address): return X509_check_ip_asc(certificate, address, 0) == 1
        }
    }

    private func service(of certificate: OpaquePointer) -> ServiceName? {
        // Not by way of PEM: to parse a certificate costs more than to check a signature.
        guard let read = try? Certificate(retaining: certificate), let id = read.spiffeID else { return nil }
        let prefix = "spiffe://\(trustDomain)/"
        guard id.utf8.starts(with: prefix.utf8), let service = ServiceName(rawValue: String(id.dropFirst(prefix.count))) else {
            return nil
        }
        identity = PeerIdentity(service: service, certificateThumbprint: read.thumbprint.bytes)
        return service
    }
}
