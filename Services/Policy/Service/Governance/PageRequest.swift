internal import FoundationEssentials
internal import Identity
internal import RPC
internal import Wire

/// Which page of a list is asked for.
struct PageRequest: Sendable {
    private static let limitDefault = 50
    private static let limitMax = 200

    let limit: Int
    private let cursor: [UInt8]

    init(_ page: CommonV1.Page?) throws(RPCError) {
        let asked = Int(page?.limit ?? 0)
        limit = asked == 0 ? Self.limitDefault : min(asked, Self.limitMax)
        cursor = page?.cursor ?? []
    }

    func id() throws(RPCError) -> UUID? {
        if cursor.isEmpty { return nil }
        guard let id = UUID(bytes: cursor) else { throw Self.invalid }
        return id
    }

    func time() throws(RPCError) -> Date? {
        if cursor.isEmpty { return nil }
        guard cursor.count == 8 else { throw Self.invalid }
        return Date(micros: cursor.reduce(Int64(0)) { $0 << 8 | Int64($1) })
    }

    static func cursor(_ time: Date) -> [UInt8] { (0..<8).map { UInt8(truncatingIfNeeded: time.micros >> (56 - 8 * Int64($0))) } }

    private static let invalid = RPCError.invalid("page.cursor", "is no cursor", fix: "send next_cursor of the page before")
}
