internal import COpenSSL
internal import NIOConcurrencyHelpers

/// A session that a server has given a ticket for.
///
/// SAFETY: owns one reference to the SSL_SESSION, which OpenSSL counts atomically and does not change once it has been given out.
final class TLSSession: @unchecked Sendable {
    let pointer: OpaquePointer

    init(owning pointer: OpaquePointer) { self.pointer = pointer }

    deinit { SSL_SESSION_free(pointer) }
}

/// A client's tickets, by whom they are for. Each is used once, so that nobody can tell two connections to be of the same client
/// (RFC 8446, C.4). Belongs to one ``TLSContext``: a replaced certificate begins without any.
final class SessionCache: Sendable {
    static let peersMax = 64
    static let sessionsPerPeerMax = 4

    private let sessions = NIOLockedValueBox<[PeerExpectation: [TLSSession]]>([:])

    func put(_ session: TLSSession, for peer: PeerExpectation) {
        sessions.withLockedValue { sessions in
            guard sessions[peer] != nil || sessions.count < Self.peersMax else { return }
            // The newest lives longest.
            sessions[peer] = (sessions[peer] ?? []).suffix(Self.sessionsPerPeerMax - 1) + [session]
        }
    }

    func take(for peer: PeerExpectation) -> TLSSession? {
        sessions.withLockedValue { $0[peer]?.popLast() }
    }

    func count(for peer: PeerExpectation) -> Int { sessions.withLockedValue { $0[peer]?.count ?? 0 } }

    /// OpenSSL calls this for each ticket that a client gets; 1 says that the reference is kept.
    ///
    /// SAFETY: as ``PeerCheck/callback``: the application data is the check that the connection holds while it lives.
    static let received: @convention(c) (OpaquePointer?, OpaquePointer?) -> CInt = { ssl, session in
        guard let ssl, let session, let data = SSL_get_ex_data(ssl, 0) else { return 0 }
        let check = Unmanaged<PeerCheck>.fromOpaque(data).takeUnretainedValue()
        guard let cache = check.sessions else { return 0 }
        cache.put(TLSSession(owning: session), for: check.expectation)
        return 1
    }
}
