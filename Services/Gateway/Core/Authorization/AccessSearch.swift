public import JSON
internal import Trust

/// Who may, on what, or what: a search, of which one part of the question is open.
public struct AccessSearch: Hashable, Sendable {
    public let part: AccessPart
    public let question: AccessQuestion
    /// Nil where the caller leaves it to us.
    public let limit: Int?
    /// Where the page before ended; empty for the first.
    public let cursor: [UInt8]
    private let print: [UInt8]

    public init(_ part: AccessPart, _ json: JSONValue) throws(Problem) {
        guard let members = json.objectValue else { throw .invalid("body", "is not an object", fix: "send an object") }
        var reader = AccessQuestionReader()
        let question = reader.question(members, open: part)
        guard let question, reader.problems.isEmpty else { throw .invalid(reader.problems) }
        self.part = part
        self.question = question
        var asked = JSONObject(members.filter { $0.key != "page" }.map { ($0.key, $0.value) })
        asked["searched"] = .string(part.rawValue)
        print = Array(SHA256Digest(hashing: try Self.canonical(.object(asked))).bytes.prefix(Self.printBytes))
        let page = try Self.page(members["page"])
        (limit, cursor) = try Self.position(page.token, page.limit, print)
    }

    /// What the caller sends to go on; empty where nothing is left.
    public func token(next: [UInt8]) -> String {
        guard !next.isEmpty else { return "" }
        let size = UInt32(limit.map { $0 + 1 } ?? 0)
        return Base64.encodeURL([Self.version] + print + (0..<4).map { UInt8(truncatingIfNeeded: size >> (24 - 8 * $0)) } + next)
    }

    // MARK: Tokens

    private static let version: UInt8 = 1
    private static let printBytes = 16
    private static let limitMax: Int64 = 1_000_000

    private static func canonical(_ json: JSONValue) throws(Problem) -> [UInt8] {
        do throws(JSONError) { return try json.canonical() } catch { throw .invalid("body", error.description, fix: "send I-JSON") }
    }

    private static func page(_ json: JSONValue?) throws(Problem) -> (token: String?, limit: Int?) {
        guard let json else { return (nil, nil) }
        guard let page = json.objectValue else { throw .invalid("/page", "is not an object", fix: "send an object, or leave it out") }
        var limit: Int?
        if let asked = page["limit"] {
            guard let number = asked.intValue, (0...limitMax).contains(number) else {
                throw .invalid("/page/limit", "is no number of results", fix: "send an integer from 0 on")
            }
            limit = Int(number)
        }
        guard let token = page["token"] else { return (nil, limit) }
        guard let text = token.stringValue else { throw .invalid("/page/token", "is not a string", fix: "send next_token as it came") }
        return (text.isEmpty ? nil : text, limit)
    }

    /// A token goes on with the search that it came from, whose size of pages it knows.
    private static func position(_ token: String?, _ limit: Int?, _ print: [UInt8]) throws(Problem) -> (Int?, [UInt8]) {
        guard let token else { return (limit, []) }
        let head = 1 + printBytes + 4
        guard let bytes = Base64.decodeURL(token), bytes.count > head, bytes[0] == version else {
            throw .invalid("/page/token", "is not one of ours", fix: "send next_token as it came, or leave it out")
        }
        guard Array(bytes[1..<1 + printBytes]) == print else {
            throw .invalid("/page/token", "is of another search", fix: "repeat the search as it was, or begin without a token")
        }
        let size = bytes[1 + printBytes..<head].reduce(0) { $0 << 8 | Int($1) }
        let first = size == 0 ? nil : size - 1
        guard limit == nil || limit == first else {
            throw .invalid("/page/limit", "is another than that of the first page", fix: "leave it out, or send \(first.map(String.init) ?? "none")")
        }
        return (first, Array(bytes[head...]))
    }
}
