public import JSON

/// Where the endpoints are: AuthZEN's metadata of a policy decision point.
public enum AccessMetadata {
    public static let path = "/.well-known/authzen-configuration"
    public static let evaluation = "/access/v1/evaluation"
    public static let evaluations = "/access/v1/evaluations"
    public static let requests = "/access/v1/requests"
    public static func search(_ part: AccessPart) -> String { "/access/v1/search/\(part.rawValue)" }

    /// The types of obligations that answers may come with.
    public static let obligations = ["custom"]
    public static let accessRequests = "urn:openid:authzen:capability:access-request"

    /// - Parameter base: Scheme and authority, without a slash at the end.
    public static func document(base: String) -> JSONValue {
        [
            "policy_decision_point": .string(base),
            "access_evaluation_endpoint": .string(base + evaluation),
            "access_evaluations_endpoint": .string(base + evaluations),
            "search_subject_endpoint": .string(base + search(.subject)),
            "search_resource_endpoint": .string(base + search(.resource)),
            "search_action_endpoint": .string(base + search(.action)),
            "access_request_endpoint": .string(base + requests),
            "capabilities": [.string(accessRequests)],
            "obligations_supported": .array(obligations.map(JSONValue.string)),
        ]
    }

    /// Scheme and authority under which a caller reaches us.
    ///
    /// - Parameters:
    ///   - configured: Wins where it is there.
    ///   - authority: What the caller put in its `Host`; nil where that is no name and port.
    public static func base(configured: String, authority: String?, isDevelopment: Bool) -> String? {
        if !configured.isEmpty { return configured.hasSuffix("/") ? String(configured.dropLast()) : configured }
        guard let authority, isAuthority(authority) else { return nil }
        return "\(isDevelopment ? "http" : "https")://\(authority)"
    }

    private static func isAuthority(_ text: String) -> Bool {
        (1...255).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
                    || [UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: ":"), UInt8(ascii: "["), UInt8(ascii: "]")].contains(byte)
            }
    }
}
