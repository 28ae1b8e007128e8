package import FoundationEssentials
package import JSON

/// What the templates of an operation can refer to.
package struct CallScope: Sendable {
    /// A vendor's clock may be this much behind ours.
    static let clockSkewSeconds: Double = 60

    package private(set) var values: JSONObject

    /// - Parameter firstSent: When the first request of this key may have gone out: effects are searched for from then on.
    package init(input: JSONValue, identity: CallIdentity, baseURL: String, firstSent: Date) {
        let since = firstSent.addingTimeInterval(-Self.clockSkewSeconds)
        values = [
            "input": input,
            "call": [
                "marker": .string(identity.marker), "first_sent": .string(since.formatted(Date.ISO8601FormatStyle())),
                "first_sent_seconds": .string(String(Int64(since.timeIntervalSince1970))),
            ],
            "connection": ["base_url": .string(baseURL)],
        ]
    }

    var input: JSONValue { values["input"] ?? .null }

    func adding(_ name: String, _ value: JSONValue) -> CallScope {
        var scope = self
        scope.values[name] = value
        return scope
    }
}
