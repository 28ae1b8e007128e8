package import JSON

/// Turns what came back into an outcome, by status, by the vendor's own words, and by what could have happened meanwhile.
package struct ResponseReader: Sendable {
    /// Deeper or larger answers are not read.
    static let limits = JSONLimits(size: 4 << 20, depth: 64)

    private let rules: FailureRules?

    package init(rules: FailureRules?) { self.rules = rules }

    package func read(_ exchange: VendorExchange) -> Reading {
        switch exchange {
        case .notSent(let reason): .failed(CallFailure(.vendorError, "the vendor could not be reached: \(reason)", isRetryable: true))
        case .refused(let refusal): .failed(CallFailure(.egressRefused, refusal.description))
        case .noAnswer(let reason, let isTimeout):
            .ambiguous(CallFailure(isTimeout ? .timeout : .vendorError, "no answer came: \(reason)", isRetryable: true))
        case .response(let response): read(response)
        }
    }

    private func read(_ response: VendorResponse) -> Reading {
        switch response.status {
        case 200..<300: return readSuccess(response)
        case 300..<400: return .failed(CallFailure(.vendorError, "the vendor answered \(response.status): redirects are not followed"))
        case 500...: return readServerError(response)
        default: return .failed(clientError(response))
        }
    }

    private func readSuccess(_ response: VendorResponse) -> Reading {
        if response.body.isEmpty { return .success([:]) }
        let body: JSONValue
        do { body = try JSONValue(parsing: response.body, limits: Self.limits) } catch {
            // The vendor said yes and was cut off: it acted.
            return .ambiguous(CallFailure(.vendorError, "the vendor's answer is not JSON: \(error)", isRetryable: true))
        }
        if let failure = rules?.failure(in: body, response) { return .failed(failure) }
        return .success(body)
    }

    private func readServerError(_ response: VendorResponse) -> Reading {
        let retryAfter = RetryAfter.read(response.headers)
        let failure = CallFailure(.vendorError, "the vendor answered \(response.status)", isRetryable: true, retryAfter: retryAfter)
        // A server that asks to come back has not begun.
        return response.status == 503 && retryAfter != nil ? .failed(failure) : .ambiguous(failure)
    }

    private func clientError(_ response: VendorResponse) -> CallFailure {
        let said = Self.vendorMessage(response).map { ": \($0)" } ?? ""
        let message = "the vendor answered \(response.status)\(said)"
        let retryAfter = RetryAfter.read(response.headers)
        let isLimited = response.status == 429 || (response.status == 403 && (retryAfter != nil || response.headers["x-ratelimit-remaining"] == "0"))
        if isLimited { return CallFailure(.rateLimited, message, isRetryable: true, retryAfter: retryAfter) }
        return switch response.status {
        case 400, 413, 422: CallFailure(.invalidInput, message)
        case 401, 403: CallFailure(.unauthorized, message)
        case 404, 410: CallFailure(.notFound, message)
        case 408: CallFailure(.timeout, message, isRetryable: true)
        case 409, 412, 423: CallFailure(.conflict, message)
        default: CallFailure(.vendorError, message)
        }
    }

    /// What the vendor says to people, in the shapes that the vendors of our manifests use.
    private static func vendorMessage(_ response: VendorResponse) -> String? {
        guard let body = try? JSONValue(parsing: response.body, limits: limits) else { return nil }
        if let message = body["message"]?.stringValue ?? body["error"]?.stringValue { return message }
        let fields = body["errors"]?.objectValue?.map { "\($0.key): \($0.value.stringValue ?? $0.value.encodedString())" } ?? []
        let general = body["errorMessages"]?.arrayValue?.compactMap(\.stringValue) ?? []
        let all = general + fields
        return all.isEmpty ? nil : all.joined(separator: "; ")
    }
}
