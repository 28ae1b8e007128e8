/// How one field may look on the wire.
public enum WireKind: Sendable {
    case varint
    case fixed32
    case fixed64
    case bytes
    case string
    case message(WireSchema)
    /// Repeated numbers: packed into one field, or one field each.
    case packedVarint
    case packedFixed32
    case packedFixed64
}

public struct WireField: Sendable {
    let number: Int
    let name: StaticString
    let kind: WireKind

    public init(_ number: Int, _ name: StaticString, _ kind: WireKind) {
        self.number = number
        self.name = name
        self.kind = kind
    }
}

/// What a message's bytes are checked against before protobuf-c sees them.
///
/// Built once per message type by generated code. Messages cannot contain themselves (the generator refuses it), so the
/// tables of nested messages are simply values within.
public final class WireSchema: Sendable {
    public let name: String
    /// By field number; the generator keeps numbers below 128.
    let fields: [WireField?]

    public init(_ name: String, _ fields: [WireField]) {
        self.name = name
        var dense = [WireField?](repeating: nil, count: (fields.map(\.number).max() ?? 0) + 1)
        for field in fields { dense[field.number] = field }
        self.fields = dense
    }

    /// The entry of every `map<string, string>`.
    public static let stringMapEntry = WireSchema("map entry", [WireField(1, "key", .string), WireField(2, "value", .string)])
}
