package import JSON

/// What went wrong with a call, in words that mean the same for every vendor.
package enum ErrorClass: String, Sendable, Hashable, CaseIterable {
    case rateLimited = "rate-limited"
    case unauthorized
    case notFound = "not-found"
    case invalidInput = "invalid-input"
    case conflict
    case vendorError = "vendor-error"
    case timeout
    case egressRefused = "egress-refused"
    case budgetExhausted = "budget-exhausted"
}

package struct CallFailure: Error, Sendable, Hashable {
    /// Longer texts of vendors are cut.
    static let messageCharacterCount = 500

    package var errorClass: ErrorClass
    /// One sentence a person can read.
    package var message: String
    /// Whether the same call may succeed later.
    package var isRetryable: Bool
    /// How long the vendor asked to be left alone.
    package var retryAfter: Duration?

    package init(_ errorClass: ErrorClass, _ message: String, isRetryable: Bool = false, retryAfter: Duration? = nil) {
        self.errorClass = errorClass
        self.message = String(message.prefix(Self.messageCharacterCount))
        self.isRetryable = isRetryable
        self.retryAfter = retryAfter
    }
}

/// How a call ended.
package enum CallOutcome: Sendable, Hashable {
    case succeeded(output: JSONValue)
    /// Nothing happened at the vendor's.
    case failed(CallFailure)
    /// It cannot be known whether it happened.
    case unknown(CallFailure)
}
