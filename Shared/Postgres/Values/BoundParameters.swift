internal import FoundationEssentials
internal import Identity

/// Parameters in the layout that libpq takes: one buffer and, for each, where it starts, its length, format and type.
struct BoundParameters: Sendable, Equatable {
    private(set) var bytes: [UInt8] = []
    /// -1 stands for NULL.
    private(set) var offsets: [Int] = []
    private(set) var lengths: [Int32] = []
    private(set) var formats: [Int32] = []
    private(set) var types: [UInt32] = []

    static let maximumCount = 65_535

    init() {}

    init(_ values: [PostgresValue]) throws(PostgresError) {
        guard values.count <= Self.maximumCount else { throw .invalidParameter("more than \(Self.maximumCount) parameters") }
        for value in values { try append(value) }
    }

    private mutating func append(_ value: PostgresValue) throws(PostgresError) {
        guard value != .null else { return add(offset: -1, format: 0, type: PostgresType.unspecified) }
        let offset = bytes.count
        try value.appendBinary(to: &bytes)
        // Text goes without a type, so that it may stand for anything that has a text form.
        guard case .text = value else { return add(offset: offset, format: 1, type: value.type) }
        add(offset: offset, format: 0, type: PostgresType.unspecified)
        // libpq measures text parameters with strlen.
        bytes.append(0)
    }

    private mutating func add(offset: Int, format: Int32, type: UInt32) {
        offsets.append(offset)
        lengths.append(offset < 0 ? 0 : Int32(truncatingIfNeeded: bytes.count - offset))
        formats.append(format)
        types.append(type)
    }
}
