internal import COpenSSL
internal import NIOCore

/// One `SSL *` between two buffers: ciphertext in and out, plaintext in and out, no socket.
///
/// Invariants of the unsafe code here:
/// - `ssl` is created in `init`, used only through this object on its event loop, and freed in `deinit`; it owns its BIO.
/// - `check` and `records` outlive `ssl`, which holds the one as application data and the other in its BIO without counting them.
/// - The error queue is cleared before each call whose result `SSL_get_error` explains, and drained after a failure.
/// - A BIO that is empty asks for a retry, so a call never blocks; writing to one never does.
final class TLSConnection {
    enum Progress: Equatable {
        case done
        case needsInput
        /// The peer said close_notify.
        case closed
        case failed(TLSError)
    }

    private let ssl: OpaquePointer
    private let records = RecordBuffers()
    private let check: PeerCheck
    private let context: TLSContext
    private var hasFinishedHandshake = false

    init(context: TLSContext, expecting: PeerExpectation) throws(TLSError) {
        guard let ssl = SSL_new(context.pointer) else { throw .configuration(OpenSSLErrors.take()) }
        guard let bio = RecordBIO.make(records) else {
            SSL_free(ssl)
            throw .configuration(OpenSSLErrors.take())
        }
        // Both ends are one BIO, whose one reference this takes.
        SSL_set_bio(ssl, bio, bio)
        self.ssl = ssl
        self.context = context
        check = PeerCheck(expecting, trustDomain: context.trustDomain, sessions: context.sessions)
        SSL_set_ex_data(ssl, 0, Unmanaged.passUnretained(check).toOpaque())
        switch context.role {
        case .server: SSL_set_accept_state(ssl)
        case .client:
            SSL_set_connect_state(ssl)
            if case .dnsName(let name) = expecting { setServerName(name) }
            // OpenSSL counts its own reference; a session that it does not take is not used.
            if let session = context.sessions?.take(for: expecting) { SSL_set_session(ssl, session.pointer) }
        }
    }

    deinit { SSL_free(ssl) }

    /// The handshake went back to an earlier one.
    var isResumed: Bool { SSL_session_reused(ssl) == 1 }

    /// Who the peer proved to be; nil before the handshake and for peers outside the mesh.
    var peer: PeerIdentity? { hasFinishedHandshake ? check.identity : nil }

    private func setServerName(_ name: String) {
        name.withCString { text in
            // OpenSSL copies the name.
            _ = SSL_ctrl(
                ssl, SSL_CTRL_SET_TLSEXT_HOSTNAME, CLong(TLSEXT_NAMETYPE_host_name), UnsafeMutableRawPointer(mutating: text))
        }
    }

    /// Takes ciphertext from the network.
    func feed(_ bytes: ByteBuffer) {
        // Nearly always all of what came before has been read.
        guard records.incoming.readableBytes > 0 else {
            records.incoming = bytes
            return
        }
        var bytes = bytes
        records.incoming.writeBuffer(&bytes)
    }

    func handshake() -> Progress {
        ERR_clear_error()
        let result = SSL_do_handshake(ssl)
        guard result != 1 else {
            // A client that offers no protocol at all is not asked by the callback.
            guard context.applicationProtocol == nil || hasNegotiatedProtocol else {
                return .failed(.handshake("no common application protocol"))
            }
            guard !isResumed || check.acceptsResumed(SSL_get0_peer_certificate(ssl)) else {
                return .failed(.handshake("the peer of the resumed session is not who may be here"))
            }
            hasFinishedHandshake = true
            return .done
        }
        return explain(result) { .handshake($0) }
    }

    private var hasNegotiatedProtocol: Bool {
        var name: UnsafePointer<UInt8>?
        var count: CUnsignedInt = 0
        SSL_get0_alpn_selected(ssl, &name, &count)
        guard let expected = context.applicationProtocol, let name else { return false }
        return UnsafeBufferPointer(start: name, count: Int(count)).elementsEqual(expected.utf8)
    }

    /// Appends decrypted bytes until there is nothing more to decrypt.
    func read(into buffer: inout ByteBuffer) -> Progress {
        while true {
            ERR_clear_error()
            var result: CInt = 0
            // A record has at most 16 KiB; one that does not fit into what is left is read in parts.
            let room = buffer.writableBytes >= 1 << 10 ? 0 : 1 << 14
            buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: room) { target in
                result = SSL_read(ssl, target.baseAddress, CInt(target.count))
                return Int(max(result, 0))
            }
            guard result <= 0 else {
                // OpenSSL takes one record at a time and no byte of the next: where nothing is left, asking again would find nothing.
                if records.incoming.readableBytes == 0, SSL_pending(ssl) == 0 { return .needsInput }
                continue
            }
            return explain(result) { .broken($0) }
        }
    }

    /// Encrypts all of `bytes`; the result waits in ``takeOutput()``.
    func write(_ bytes: ByteBuffer) -> Progress {
        let recordCount = bytes.readableBytes / Self.recordBytesMax + 1
        records.reserve(bytes.readableBytes + recordCount * Self.recordOverhead)
        var offset = 0
        while offset < bytes.readableBytes {
            ERR_clear_error()
            let result = bytes.withUnsafeReadableBytes { all in
                SSL_write(ssl, all.baseAddress?.advanced(by: offset), CInt(clamping: all.count - offset))
            }
            guard result > 0 else { return explain(result) { .broken($0) } }
            offset += Int(result)
        }
        return .done
    }

    /// Says close_notify.
    func close() {
        ERR_clear_error()
        if hasFinishedHandshake { SSL_shutdown(ssl) }
        ERR_clear_error()
    }

    /// Ciphertext for the network, or nil.
    func takeOutput() -> ByteBuffer? { records.take() }

    var outputBytes: Int { records.outgoingBytes }

    static let recordBytesMax = 1 << 14
    /// Header, type and tag: 22 bytes.
    private static let recordOverhead = 32

    private func explain(_ result: CInt, _ failure: (String) -> TLSError) -> Progress {
        switch SSL_get_error(ssl, result) {
        case SSL_ERROR_WANT_READ: return .needsInput
        case SSL_ERROR_ZERO_RETURN: return .closed
        default: return .failed(failure(reason()))
        }
    }

    private func reason() -> String {
        let text = OpenSSLErrors.take()
        let verdict = SSL_get_verify_result(ssl)
        guard !hasFinishedHandshake, verdict != CLong(X509_V_OK), let why = X509_verify_cert_error_string(verdict) else { return text }
        return "\(text) (\(String(cString: why)))"
    }
}
