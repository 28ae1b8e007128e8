internal import FoundationEssentials
internal import Identity

/// Where a page of a newest-first list begins: 8 bytes of microseconds and 16 of the id.
struct ListCursor: Sendable {
    var time: Date
    var id: UUID

    init(time: Date, id: UUID) {
        self.time = time
        self.id = id
    }

    init?(bytes: [UInt8]) {
        guard bytes.count == 24, let id = UUID(bytes: bytes[8...]) else { return nil }
        let micros = bytes[..<8].reduce(Int64(0)) { $0 << 8 | Int64($1) }
        guard micros >= 0, micros < 1 << 53 else { return nil }
        self.init(time: Date(micros: micros), id: id)
    }

    var bytes: [UInt8] {
        let micros = time.micros
        return (0..<8).map { UInt8(truncatingIfNeeded: micros >> (56 - 8 * $0)) } + id.bytes
    }
}
