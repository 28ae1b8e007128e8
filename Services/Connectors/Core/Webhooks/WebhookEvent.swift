package import JSON
package import Trust

/// A delivery that was verified, read.
package struct WebhookEvent: Sendable, Hashable {
    /// What flows are started by: `github.issues.opened`.
    package var kind: String
    /// The same for every repetition of one delivery.
    package var deliveryID: String
    package var payload: JSONValue
}

/// What a vendor wants to hear back before it sends anything.
package struct WebhookHandshake: Sendable, Hashable {
    package var body: [UInt8]
    package var contentType: String
}

package enum WebhookContent: Sendable, Hashable {
    case event(WebhookEvent)
    case handshake(WebhookHandshake)
}

package struct WebhookFormatError: Error, Sendable, Hashable, CustomStringConvertible {
    package let description: String
}

/// Reads verified bytes in a vendor's shape.
package enum WebhookReader {
    static let limits = JSONLimits(size: 1 << 20, depth: 64)

    package static func read(_ scheme: WebhookScheme, headers: WebhookHeaders, body: [UInt8]) throws(WebhookFormatError) -> WebhookContent {
        switch scheme {
        case .github: .event(try github(headers, body))
        case .slack: try slack(headers, body)
        case .jira: .event(try jira(headers, body))
        }
    }

    private static func github(_ headers: WebhookHeaders, _ body: [UInt8]) throws(WebhookFormatError) -> WebhookEvent {
        guard let event = headers["X-GitHub-Event"], isToken(event) else { throw WebhookFormatError(description: "X-GitHub-Event is missing") }
        guard let delivery = headers["X-GitHub-Delivery"], isToken(delivery) else {
            throw WebhookFormatError(description: "X-GitHub-Delivery is missing")
        }
        let payload = try object(body)
        let action = payload["action"]?.stringValue
        if let action, !isToken(action) { throw WebhookFormatError(description: "action is not a word") }
        return WebhookEvent(kind: (["github", event] + (action.map { [$0] } ?? [])).joined(separator: "."), deliveryID: delivery, payload: payload)
    }

    private static func jira(_ headers: WebhookHeaders, _ body: [UInt8]) throws(WebhookFormatError) -> WebhookEvent {
        let payload = try object(body)
        guard let event = payload["webhookEvent"]?.stringValue, let name = event.split(separator: ":").last, isToken(String(name)) else {
            throw WebhookFormatError(description: "webhookEvent is missing")
        }
        let identifier = headers["X-Atlassian-Webhook-Identifier"].flatMap { isToken($0) ? $0 : nil }
        return WebhookEvent(kind: "jira.\(name)", deliveryID: identifier ?? digest(body), payload: payload)
    }

    /// Slack sends JSON for events and forms for buttons and commands.
    private static func slack(_ headers: WebhookHeaders, _ body: [UInt8]) throws(WebhookFormatError) -> WebhookContent {
        // Slack gives buttons and commands no id; the signed timestamp tells two presses apart.
        let delivery = digest(body + Array((headers["X-Slack-Request-Timestamp"] ?? "").utf8))
        if headers["Content-Type"]?.hasPrefix("application/x-www-form-urlencoded") == true {
            guard let form = FormEncoding.decode(body) else { throw WebhookFormatError(description: "the form cannot be read") }
            guard let text = form["payload"]?.stringValue else {
                return .event(WebhookEvent(kind: "slack.command", deliveryID: delivery, payload: .object(form)))
            }
            return .event(WebhookEvent(kind: "slack.interaction", deliveryID: delivery, payload: try object(Array(text.utf8))))
        }
        let payload = try object(body)
        if payload["type"] == "url_verification", let challenge = payload["challenge"]?.stringValue {
            return .handshake(WebhookHandshake(body: JSONValue.object(["challenge": .string(challenge)]).encoded(), contentType: "application/json"))
        }
        let type = payload["event"]?["type"]?.stringValue ?? "event"
        guard isToken(type) else { throw WebhookFormatError(description: "event.type is not a word") }
        let identifier = payload["event_id"]?.stringValue.flatMap { isToken($0) ? $0 : nil }
        return .event(WebhookEvent(kind: "slack.\(type)", deliveryID: identifier ?? delivery, payload: payload))
    }

    private static func object(_ bytes: [UInt8]) throws(WebhookFormatError) -> JSONValue {
        do {
            let json = try JSONValue(parsing: bytes, limits: limits)
            if json.objectValue != nil { return json }
        } catch { throw WebhookFormatError(description: "the body is not JSON: \(error)") }
        throw WebhookFormatError(description: "the body is not a JSON object")
    }

    private static func digest(_ bytes: [UInt8]) -> String { "sha256-\(SHA256Digest(hashing: bytes).hex)" }

    /// Short and printable, so that it can stand in names and keys.
    private static func isToken(_ text: String) -> Bool {
        (1...128).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                    || [UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: ".")].contains(byte)
            }
    }
}
