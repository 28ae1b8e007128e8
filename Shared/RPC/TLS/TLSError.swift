/// Why a TLS connection could not be made or kept.
public enum TLSError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The certificate, key or CA that was given cannot be used.
    case configuration(String)
    /// With OpenSSL's reason, for example `certificate verify failed`.
    case handshake(String)
    /// After the handshake: a record that was not what the keys say.
    case broken(String)
    /// The peer went away without saying so (no close_notify).
    case truncated
    case closed

    public var description: String {
        switch self {
        case .configuration(let reason): "TLS configuration: \(reason)"
        case .handshake(let reason): "TLS handshake: \(reason)"
        case .broken(let reason): "TLS: \(reason)"
        case .truncated: "TLS: the connection ended without close_notify"
        case .closed: "TLS: the connection is closed"
        }
    }
}
