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
    /// A sum, which is there even where nothing was added up.
    static func sum(_ money: CommonV1.Money?) -> JSONValue {
        let sum = JSONValue.money(money)
        return sum.isNull ? ["micros": 0, "currency": "USD"] : sum
    }
    /// An embedded document as JSON; null where there is none.
    static func document(_ bytes: [UInt8]) -> JSONValue { bytes.isEmpty ? .null : (try? JSONValue(parsing: bytes)) ?? .null }
    /// An embedded list; empty where there is none.
    static func documents(_ bytes: [UInt8]) -> JSONValue { .array(JSONValue.document(bytes).arrayValue ?? []) }
    static func texts(_ all: [String]) -> JSONValue { .array(all.map { .string($0) }) }
    static func orNull(_ text: String) -> JSONValue { text.isEmpty ? .null : .string(text) }

    static func page(_ items: [JSONValue], cursor: [UInt8], _ more: [(String, JSONValue)] = []) -> JSONValue {
        var page: JSONObject = ["items": .array(items), "next_cursor": cursor.isEmpty ? .null : .string(Base64.encodeURL(cursor))]
        for (key, value) in more { page[key] = value }
        return .object(page)
    }
}
