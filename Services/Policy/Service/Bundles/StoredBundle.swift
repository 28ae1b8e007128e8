internal import FoundationEssentials
internal import Identity
internal import JSON
internal import PolicyCore
internal import Trust

/// A bundle with what the log says of it.
struct StoredBundle: Sendable {
    var digest: SHA256Digest
    var name: String
    /// All that is in force with it, the blueprint's part included.
    var content: BundleContent
    /// The client's own part, where it is laid over a blueprint.
    var addition: BundleContent?
    var author: String
    var created: Date
    /// DSSE, of the receipt that attests the digest.
    var envelope: [UInt8]
}

extension BundleContent {
    /// A client's part as it is kept beside the whole that it became.
    var additionJSON: JSONValue {
        var members: JSONObject = ["policies": .string(policies), "tests": tests]
        if let expires { members["expires_micros"] = .int(expires.micros) }
        return .object(members)
    }

    init(additionJSON json: JSONValue) {
        self.init(
            policies: json["policies"]?.stringValue ?? "", tests: json["tests"] ?? [],
            expires: json["expires_micros"]?.intValue.map { Date(micros: $0) })
    }
}
