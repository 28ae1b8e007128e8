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
/// schemas of nested messages simply stand within.
public final class WireSchema: Sendable {
    public let name: String
    private let fields: [WireField]
    /// What the pre-scan walks: plain memory, so that a nested message costs it no reference counting.
    let table: ScanTable

    public init(_ name: String, _ fields: [WireField]) {
        self.name = name
        self.fields = fields
        table = ScanTable(fields)
    }

    deinit { table.deallocate() }

    func name(ofField number: Int) -> String {
        fields.first { $0.number == number }.map { "\($0.name)" } ?? "\(number)"
    }

    func schema(ofField number: Int) -> WireSchema? {
        guard case .message(let nested) = fields.first(where: { $0.number == number })?.kind else { return nil }
        return nested
    }
}
