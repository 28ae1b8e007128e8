internal import FoundationEssentials
internal import Identity
public import JSON
internal import Trust

/// What a decision was about, as it is sealed: one JSON document.
public struct DecisionMatter: Hashable, Sendable {
    public var context: JSONObject
    public var input: JSONValue
    /// Nil where it is the input as it was asked.
    public var enforcedInput: JSONValue?
    public var grants: [ApprovalGrant]

    public init(context: JSONObject, input: JSONValue, enforcedInput: JSONValue?, grants: [ApprovalGrant]) {
        self.context = context
        self.input = input
        self.enforcedInput = enforcedInput == input ? nil : enforcedInput
        self.grants = grants
    }

    public var encoded: [UInt8] {
        var members: JSONObject = ["context": .object(context), "input": input]
        if let enforcedInput { members["enforced"] = enforcedInput }
        if !grants.isEmpty { members["grants"] = .array(grants.map(\.json)) }
        return JSONValue.object(members).encoded()
    }

    /// Nil where it is not such a document.
    public init?(decoding bytes: [UInt8]) {
        // Deeper than what is taken in, by this document's own levels.
        guard let json = try? JSONValue(parsing: bytes, limits: JSONLimits(size: 8 << 20, depth: 80)), let context = json["context"]?.objectValue,
            let input = json["input"]
        else { return nil }
        var grants: [ApprovalGrant] = []
        for one in json["grants"]?.arrayValue ?? [] {
            guard let grant = ApprovalGrant(json: one) else { return nil }
            grants.append(grant)
        }
        self.init(context: context, input: input, enforcedInput: json["enforced"], grants: grants)
    }
}

extension ApprovalGrant {
    fileprivate var json: JSONValue {
        [
            "role": .string(role), "approver": .string(approver), "task": .string(task.description), "identity": .string(enforcedIdentity.hex),
            "expires": .int(expires.micros),
        ]
    }

    fileprivate init?(json: JSONValue) {
        guard let role = json["role"]?.stringValue, let approver = json["approver"]?.stringValue,
            let task = json["task"]?.stringValue.flatMap({ TaskID($0) }),
            let identity = json["identity"]?.stringValue.flatMap({ SHA256Digest(hex: $0) }),
            let expires = json["expires"]?.intValue
        else { return nil }
        self.init(role: role, approver: approver, task: task, enforcedIdentity: identity, expires: Date(micros: expires))
    }
}
