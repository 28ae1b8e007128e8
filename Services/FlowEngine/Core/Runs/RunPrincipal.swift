public import JSON

/// In whose name a run acts: the person who started it, or the flow itself where an event did.
public struct RunPrincipal: Hashable, Sendable {
    public enum Kind: String, Sendable { case person = "User", automation = "Flow" }

    public var kind: Kind
    /// A person's address, or the flow's name.
    public var id: String
    public var roles: [String]

    public init(kind: Kind, id: String, roles: [String]) {
        self.kind = kind
        self.id = id
        self.roles = roles
    }

    public static func automation(flow: String) -> RunPrincipal { RunPrincipal(kind: .automation, id: flow, roles: ["automation"]) }

    /// As a list of runs shows it.
    public var displayName: String { kind == .person ? id : "flow \(id)" }
}

extension RunPrincipal {
    public var json: JSONValue { ["kind": .string(kind.rawValue), "id": .string(id), "roles": .array(roles.map(JSONValue.string))] }

    init(_ json: JSONValue?) throws(CorruptRunState) {
        guard let kind = json?["kind"]?.stringValue.flatMap(Kind.init), let id = json?["id"]?.stringValue, let roles = json?["roles"]?.arrayValue
        else { throw CorruptRunState("principal") }
        self.init(kind: kind, id: id, roles: roles.compactMap(\.stringValue))
    }
}
