package import FoundationEssentials
package import Trust

/// How a vendor signs what it sends.
package enum WebhookScheme: String, Sendable, Hashable, CaseIterable {
    /// `X-Hub-Signature-256: sha256=` and the hex HMAC-SHA256 of the raw body.
    case github
    /// `X-Slack-Signature: v0=` and the hex HMAC-SHA256 of `v0:timestamp:body`, at most 300 s old.
    case slack
    /// `X-Hub-Signature: sha256=` and the hex HMAC-SHA256 of the raw body (WebSub).
    case jira
}

/// Why a delivery is not believed. The word goes to the security log, never to the sender.
package enum WebhookRefusal: String, Error, Sendable, Hashable {
    case noSecret = "no-secret"
    case missingSignature = "missing-signature"
    case malformedSignature = "malformed-signature"
    case missingTimestamp = "missing-timestamp"
    case staleTimestamp = "stale-timestamp"
    case wrongSignature = "wrong-signature"
}

/// Checks the signature of a delivery over the bytes as they arrived, before anything parses them.
package enum WebhookVerifier {
    /// Slack's own advice against replay.
    package static let slackWindowSeconds: Int64 = 300

    /// - Parameter secrets: Any of them may have signed: while a secret is changed, two are valid.
    package static func verify(
        _ scheme: WebhookScheme, headers: WebhookHeaders, body: [UInt8], secrets: [Secret], now: Date
    ) throws(WebhookRefusal) {
        // An empty secret would let anybody sign.
        let secrets = secrets.filter { !$0.isEmpty }
        guard !secrets.isEmpty else { throw .noSecret }
        switch scheme {
        case .github: try check(headers["X-Hub-Signature-256"], prefix: "sha256=", message: body, secrets)
        case .jira: try check(headers["X-Hub-Signature"], prefix: "sha256=", message: body, secrets)
        case .slack:
            let timestamp = try slackTimestamp(headers)
            try check(headers["X-Slack-Signature"], prefix: "v0=", message: Array("v0:\(timestamp):".utf8) + body, secrets)
            // After the signature: only a true clock is worth comparing.
            guard abs(Int64(now.timeIntervalSince1970) - timestamp) <= slackWindowSeconds else { throw .staleTimestamp }
        }
    }

    private static func slackTimestamp(_ headers: WebhookHeaders) throws(WebhookRefusal) -> Int64 {
        guard let text = headers["X-Slack-Request-Timestamp"] else { throw .missingTimestamp }
        // Only the form that Slack itself signs: `+5` and `05` are other texts for the same number.
        guard let seconds = Int64(text), String(seconds) == text, (0...1 << 40).contains(seconds) else { throw .missingTimestamp }
        return seconds
    }

    private static func check(_ header: String?, prefix: String, message: [UInt8], _ secrets: [Secret]) throws(WebhookRefusal) {
        guard let header else { throw .missingSignature }
        guard header.hasPrefix(prefix), let code = Hexadecimal.decode(String(header.dropFirst(prefix.count))), code.count == SHA256Digest.byteCount
        else {
            throw .malformedSignature
        }
        var isGenuine = false
        // Every secret is tried, so that the time says nothing about which one fits.
        for secret in secrets {
            let expected = HMACSHA256.authenticationCode(key: secret.exposedBytes, message: message)
            isGenuine = constantTimeEquals(expected, code) || isGenuine
        }
        guard isGenuine else { throw .wrongSignature }
    }
}
