public import JSON

/// What a JSON value of the public API must look like. One description serves three readers: the check of a request, the OpenAPI
/// document, and the tests that hold answers against it.
public indirect enum Shape: Hashable, Sendable {
    case text(Text = .free, maximum: Int = 2_000)
    /// - Parameter name: Of a schema of its own, where several places share it.
    case choice([String], name: String? = nil)
    case integer(ClosedRange<Int64> = Int64.min...Int64.max)
    case boolean
    /// Any JSON value, for documents that another service checks.
    case any
    case list(Shape, maximum: Int = 10_000)
    /// Any keys, with values of one shape.
    case map(Shape, maximum: Int = 1_000)
    case object(name: String, [Field])
    /// An object of which a reader of its own checks the members; members that are not described may stand beside them.
    case described(name: String, [Field])
    /// The shape, or null.
    case nullable(Shape)

    public enum Text: String, Hashable, Sendable {
        case free
        /// RFC 9562 in lower case.
        case uuid
        /// 64 lower-case hexadecimal digits.
        case digest
        /// RFC 3339 in UTC with milliseconds.
        case time
    }

    public struct Field: Hashable, Sendable {
        public let name: String
        public let shape: Shape
        public let isRequired: Bool
        public let about: String

        public init(_ name: String, _ shape: Shape, required: Bool = true, _ about: String = "") {
            self.name = name
            self.shape = shape
            isRequired = required
            self.about = about
        }
    }
}

/// One field of a request that cannot be taken as it is.
public struct FieldProblem: Hashable, Sendable {
    /// RFC 6901 pointer into the body, or the name of a header, query or path parameter.
    public let field: String
    public let message: String
    public let fix: String
    /// Further members, such as the line of a policy.
    public let members: JSONObject

    public init(field: String, message: String, fix: String, members: JSONObject = [:]) {
        self.field = field
        self.message = message
        self.fix = fix
        self.members = members
    }

    public var json: JSONValue {
        var json: JSONObject = ["field": .string(field), "message": .string(message), "fix": .string(fix)]
        for (key, value) in members { json[key] = value }
        return .object(json)
    }
}
