internal import FoundationEssentials
internal import GatewayCore
internal import Identity
internal import JSON
internal import Trust
internal import Wire

/// How wire values look in the public API.
extension JSONValue {
    /// A UUID in text form; null for an absent id.
    static func id(_ bytes: [UInt8]) -> JSONValue { UUID(bytes: bytes).map { .string($0.lowercased) } ?? .null }
    static func ids(_ all: [[UInt8]]) -> JSONValue { .array(all.map { .id($0) }) }
    static func digest(_ bytes: [UInt8]) -> JSONValue { bytes.isEmpty ? .null : .string(Hexadecimal.encode(bytes)) }
    /// RFC 3339; null for an absent time.
    static func time(_ micros: Int64) -> JSONValue { micros == 0 ? .null : .string(Timestamp(micros: micros).text) }
    static func money(_ money: CommonV1.Money?) -> JSONValue {
        guard let money, !money.currency.isEmpty else { return .null }
        return ["micros": .int(money.micros), "currency": .string(money.currency)]
    }
    /// An embedded document as JSON; null where there is none.
    static func document(_ bytes: [UInt8]) -> JSONValue { bytes.isEmpty ? .null : (try? JSONValue(parsing: bytes)) ?? .null }
    static func texts(_ all: [String]) -> JSONValue { .array(all.map { .string($0) }) }
    static func orNull(_ text: String) -> JSONValue { text.isEmpty ? .null : .string(text) }

    static func page(_ items: [JSONValue], cursor: [UInt8], _ more: [(String, JSONValue)] = []) -> JSONValue {
        var page: JSONObject = ["items": .array(items), "next_cursor": cursor.isEmpty ? .null : .string(Base64.encodeURL(cursor))]
        for (key, value) in more { page[key] = value }
        return .object(page)
    }
}

extension Exchange {
    func page() throws(Problem) -> CommonV1.Page {
        var page = CommonV1.Page()
        if let cursor = query["cursor"], !cursor.isEmpty {
            guard let bytes = Base64.decodeURL(cursor) else { throw .invalid("cursor", "is not one of ours", fix: "send next_cursor as it came") }
            page.cursor = bytes
        }
        if let limit = query["limit"] {
            guard let number = UInt32(limit), (1...200).contains(number) else { throw .invalid("limit", "is \"\(limit)\"", fix: "use 1 to 200") }
            page.limit = number
        }
        return page
    }
}
