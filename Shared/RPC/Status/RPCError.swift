/// How a call failed, as both sides of the wire see it. It carries nothing that its receiver may not see: the cause is
/// logged where it happened.
public struct RPCError: Error, Hashable, Sendable, CustomStringConvertible {
    public var code: StatusCode
    /// STABLE_UPPER_SNAKE: what programs tell one failure from another by.
    public var reason: String
    /// A sentence for a person.
    public var message: String
    public var details: [String: String]
    /// When the server wants to be asked again; absent where it has no wish.
    public var retryAfter: Duration?

    public init(
        _ code: StatusCode, reason: String, message: String, details: [String: String] = [:], retryAfter: Duration? = nil
    ) {
        self.code = code
        self.reason = reason
        self.message = message
        self.details = details
        self.retryAfter = retryAfter
    }

    public var description: String { "\(code) \(reason): \(message)" }
}

extension RPCError {
    static let deadlineExceeded = RPCError(
        .deadlineExceeded, reason: "DEADLINE_EXCEEDED", message: "the call's deadline passed")
    static let cancelled = RPCError(.cancelled, reason: "CANCELLED", message: "the call was cancelled")
    static let internalError = RPCError(.internal, reason: "INTERNAL", message: "the service failed; see its log")

    static func messageTooLarge(_ bytes: Int, max: Int) -> RPCError {
        RPCError(.resourceExhausted, reason: "MESSAGE_TOO_LARGE", message: "a message of \(bytes) bytes; at most \(max) are taken")
    }

    static func unavailable(_ reason: String, _ message: String) -> RPCError {
        RPCError(.unavailable, reason: reason, message: message)
    }
}
