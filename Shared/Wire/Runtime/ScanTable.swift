/// What the pre-scan asks of a field, by field number.
///
/// SAFETY: `fields` is allocated in `init` and written only there; `WireSchema` owns it and frees it when it ends. The nested tables
/// belong to schemas that the owning schema keeps, so they live at least as long.
struct ScanTable: @unchecked Sendable {
    /// The generator keeps field numbers below 128, so the table is dense.
    let count: Int
    let fields: UnsafeMutablePointer<ScanField>

    init(_ known: [WireField]) {
        count = (known.map(\.number).max() ?? 0) + 1
        fields = .allocate(capacity: count)
        fields.initialize(repeating: ScanField(shape: .unknown, nested: nil, nestedCount: 0), count: count)
        for field in known { fields[field.number] = ScanField(field.kind) }
    }

    init(of field: ScanField, _ nested: UnsafeMutablePointer<ScanField>) {
        count = field.nestedCount
        fields = nested
    }

    func deallocate() { fields.deallocate() }
}

struct ScanField {
    enum Shape: UInt8 {
        case unknown, varint, fixed32, fixed64, bytes, string, message, packedVarint, packedFixed32, packedFixed64
    }

    let shape: Shape
    let nested: UnsafeMutablePointer<ScanField>?
    let nestedCount: Int

    init(shape: Shape, nested: UnsafeMutablePointer<ScanField>?, nestedCount: Int) {
        self.shape = shape
        self.nested = nested
        self.nestedCount = nestedCount
    }

    init(_ kind: WireKind) {
        var nested: ScanTable?
        switch kind {
        case .varint: shape = .varint
        case .fixed32: shape = .fixed32
        case .fixed64: shape = .fixed64
        case .bytes: shape = .bytes
        case .string: shape = .string
        case .packedVarint: shape = .packedVarint
        case .packedFixed32: shape = .packedFixed32
        case .packedFixed64: shape = .packedFixed64
        case .message(let schema):
            shape = .message
            nested = schema.table
        }
        self.nested = nested?.fields
        nestedCount = nested?.count ?? 0
    }
}
