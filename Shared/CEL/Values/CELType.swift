/// What `type(x)` answers with: a type by its CEL name, without its parameters.
public struct CELType: RawRepresentable, Hashable, Sendable {
    public let rawValue: String

    /// Nil where there is no type of this name.
    public init?(rawValue: String) {
        guard Self.names.contains(rawValue) else { return nil }
        self.rawValue = rawValue
    }

    private init(_ name: String) { rawValue = name }

    public static let null = CELType("null_type")
    public static let bool = CELType("bool")
    public static let int = CELType("int")
    public static let uint = CELType("uint")
    public static let double = CELType("double")
    public static let string = CELType("string")
    public static let bytes = CELType("bytes")
    public static let list = CELType("list")
    public static let map = CELType("map")
    public static let timestamp = CELType("google.protobuf.Timestamp")
    public static let duration = CELType("google.protobuf.Duration")
    public static let type = CELType("type")
    public static let address = CELType("net.IP")
    public static let network = CELType("net.CIDR")
    public static let optional = CELType("optional_type")

    /// As it stands in a sentence: `an int`.
    var inWords: String { (rawValue.first.map { "aeiou".contains($0) } ?? false) && self != .uint ? "an \(rawValue)" : "a \(rawValue)" }

    public static let names: Set<String> = [
        "null_type", "bool", "int", "uint", "double", "string", "bytes", "list", "map", "google.protobuf.Timestamp", "google.protobuf.Duration",
        "type", "optional_type", "net.IP", "net.CIDR",
    ]
}
