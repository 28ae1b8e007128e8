/// How a connection is protected.
public enum TransportSecurity: Sendable {
    case tls(TLSContextSource)
    /// Without encryption, and with a peer that is taken on faith: for tests within one process. Nothing outside the
    /// package can make a value of it.
    case plaintext(PlaintextPeer)
}

/// A peer taken on faith.
public struct PlaintextPeer: Sendable {
    let identity: PeerIdentity
    package init(identity: PeerIdentity) { self.identity = identity }
}
