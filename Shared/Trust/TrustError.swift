/// Why a cryptographic operation did not happen.
public enum TrustError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The input is not what it claims to be: a PEM that does not parse, a key of another kind, a digest of another length.
    case malformed(String)
    /// A signature, tag or token did not verify. Deliberately without detail: callers must not learn why.
    case notAuthentic
    /// OpenSSL refused or failed; `detail` is its own reason.
    case failed(operation: String, detail: String)

    public var description: String {
        switch self {
        case .malformed(let what): "malformed: \(what)"
        case .notAuthentic: "not authentic"
        case .failed(let operation, let detail): "\(operation) failed: \(detail)"
        }
    }
}
