package import JSON

/// How a vendor says in a successful-looking answer that it refused: Slack's `ok: false`.
package struct FailureRules: Sendable, Hashable {
    /// The member that tells, and its value in a failure.
    package var field: String
    package var value: JSONValue
    /// The member that holds the vendor's code.
    package var code: String
    /// Vendor code to our class; others are `vendor-error`.
    package var classes: [String: ErrorClass]
    /// Vendor codes after which the same call may succeed.
    package var retryable: Set<String>

    /// Nil where the answer is no such failure.
    func failure(in body: JSONValue, _ response: VendorResponse) -> CallFailure? {
        guard body[field] == value else { return nil }
        let code = body[self.code]?.stringValue ?? "unknown"
        return CallFailure(
            classes[code] ?? .vendorError, "the vendor refused: \(code)", isRetryable: retryable.contains(code),
            retryAfter: RetryAfter.read(response.headers))
    }
}
