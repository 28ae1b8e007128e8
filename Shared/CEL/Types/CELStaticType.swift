/// What is known of a value before there is one.
public indirect enum CELStaticType: Hashable, Sendable {
    /// Anything; what is done with it is checked when it is done.
    case dyn
    case null, bool, int, uint, double, string, bytes, timestamp, duration
    case list(CELStaticType)
    case map(CELStaticType, CELStaticType)
    case type(CELStaticType)
    /// A primitive or null.
    case wrapper(CELStaticType)
    /// A type that is known by its name and parameters only.
    case opaque(String, [CELStaticType])
    case message(String)
    /// A JSON object of declared members.
    case object(CELObjectType)
    /// One of these: what a JSON schema allows for one member.
    case union([CELStaticType])
    /// In a signature: any type, the same wherever the name stands.
    case parameter(String)
    /// While an expression is checked: not known yet.
    case variable(Int)

    public static func optional(_ type: CELStaticType) -> CELStaticType { .opaque("optional_type", [type]) }
}

/// The members that a JSON object has.
public struct CELObjectType: Hashable, Sendable {
    public struct Member: Hashable, Sendable {
        public var type: CELStaticType
        /// Always there, so that reading it needs no `has(…)`.
        public var isRequired: Bool

        public init(_ type: CELStaticType, isRequired: Bool = true) {
            self.type = type
            self.isRequired = isRequired
        }
    }

    public var members: [String: Member]
    /// What members that are not declared are; nil where there can be none.
    public var others: CELStaticType?

    public init(_ members: [String: Member], others: CELStaticType? = nil) {
        self.members = members
        self.others = others
    }
}

extension CELStaticType: CustomStringConvertible {
    public var description: String {
        switch self {
        case .dyn: "dyn"
        case .null: "null_type"
        case .bool: "bool"
        case .int: "int"
        case .uint: "uint"
        case .double: "double"
        case .string: "string"
        case .bytes: "bytes"
        case .timestamp: "timestamp"
        case .duration: "duration"
        case .list(let element): "list(\(element))"
        case .map(let key, let value): "map(\(key), \(value))"
        case .type(let type): "type(\(type))"
        case .wrapper(let type): "wrapper(\(type))"
        case .opaque("optional_type", let parameters): "optional(\(Self.list(parameters)))"
        case .opaque(let name, let parameters): parameters.isEmpty ? name : "\(name)(\(Self.list(parameters)))"
        case .message(let name): name
        case .object(let object): object.members.isEmpty ? "object" : "object(\(object.members.keys.sorted().prefix(6).joined(separator: ", ")))"
        case .union(let types): types.map(\.description).joined(separator: " or ")
        case .parameter(let name): name
        case .variable: "any"
        }
    }

    private static func list(_ types: [CELStaticType]) -> String { types.map(\.description).joined(separator: ", ") }
}
