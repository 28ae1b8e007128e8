internal import Cedar
public import FoundationEssentials
public import JSON
public import Trust

/// What is to be decided. Time is part of the question, so that the same question has the same answer.
public struct Question: Sendable {
    public var principalType: String
    public var principal: String
    public var roles: [String]
    public var action: String
    public var resourceType: String
    public var resource: String
    /// Attributes of the context in Cedar's JSON; `input` and `grants` are set over it.
    public var context: JSONObject
    /// The arguments of the action.
    public var input: JSONValue
    public var grants: [ApprovalGrant]
    public var time: Date

    public init(
        principalType: String, principal: String, roles: [String], action: String, resourceType: String, resource: String,
        context: JSONObject = [:], input: JSONValue = [:], grants: [ApprovalGrant] = [], time: Date
    ) {
        self.principalType = principalType
        self.principal = principal
        self.roles = roles
        self.action = action
        self.resourceType = resourceType
        self.resource = resource
        self.context = context
        self.input = input
        self.grants = grants
        self.time = time
    }

    static func action(_ name: String) -> EntityUID { EntityUID(type: "Action", id: Text(name)) }
    static func role(_ name: String) -> EntityUID { EntityUID(type: "Role", id: Text(name)) }

    var principalUID: EntityUID { EntityUID(type: Text(principalType), id: Text(principal)) }
    var actionUID: EntityUID { Self.action(action) }
    var resourceUID: EntityUID { EntityUID(type: Text(resourceType), id: Text(resource)) }

    /// What is compared when a request id comes a second time.
    public var content: JSONValue {
        [
            "principal": principalUID.json, "roles": .array(roles.map(JSONValue.string)), "action": .string(action),
            "resource": resourceUID.json, "context": .object(context), "input": input,
        ]
    }

    /// SHA-256 of the canonical form of an input.
    public static func identity(of input: JSONValue) throws(InputFault) -> SHA256Digest {
        do throws(JSONError) {
            return SHA256Digest(hashing: try input.canonical())
        } catch {
            throw InputFault(field: "input_json", message: error.reason)
        }
    }
}

/// A question that cannot be asked.
public struct InputFault: Error, Hashable, Sendable {
    public let field: String
    public let message: String

    public init(field: String, message: String) {
        self.field = field
        self.message = message
    }
}
