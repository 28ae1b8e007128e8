/// Takes integers in network order from the front of a buffer. Nil where too little is left.
struct BigEndianReader {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

    mutating func read<T: FixedWidthInteger>(_ type: T.Type) -> T? {
        guard let bytes = readBytes(MemoryLayout<T>.size) else { return nil }
        return bytes.reduce(0) { $0 << 8 | T(truncatingIfNeeded: $1) }
    }

    mutating func readBytes(_ count: Int) -> ArraySlice<UInt8>? {
        guard count <= rest.count else { return nil }
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count)
    }
}
