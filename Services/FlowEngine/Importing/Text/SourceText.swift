public import JSON

/// What a text may be at the most. Each limit is named in the error that it causes.
public struct SourceLimits: Sendable {
    /// Bytes.
    public var size: Int
    /// Lists and objects, or elements, inside each other.
    public var depth: Int
    /// Values, with aliases unfolded.
    public var values: Int

    public init(size: Int, depth: Int, values: Int) {
        self.size = size
        self.depth = depth
        self.values = values
    }

    /// Of a flow document.
    public static let flow = SourceLimits(size: 1 << 20, depth: 64, values: 100_000)
    /// Of a definition in another language: diagrams make it large.
    public static let definition = SourceLimits(size: 8 << 20, depth: 64, values: 200_000)
}

/// Why a text is none of its format, and where.
public struct SourceFault: Error, Hashable, Sendable, CustomStringConvertible {
    /// From 1; 0 where the text as a whole is at fault.
    public var line: Int
    public var column: Int
    public var reason: String
    public var fix: String

    public init(line: Int = 0, column: Int = 0, _ reason: String, fix: String) {
        self.line = line
        self.column = column
        self.reason = reason
        self.fix = fix
    }

    public var description: String { (line > 0 ? "line \(line), column \(column): " : "") + "\(reason); \(fix)" }

    static func tooLarge(_ limits: SourceLimits) -> SourceFault {
        SourceFault("the text is larger than \(limits.size >> 20) MiB", fix: "split it into several")
    }
}

/// JSON or YAML as somebody typed it, with the line of everything in it.
public struct SourceText: Sendable {
    public var value: JSONValue
    public var lines: SourceLines

    public init(parsing bytes: [UInt8], limits: SourceLimits) throws(SourceFault) {
        guard bytes.count <= limits.size else { throw SourceFault.tooLarge(limits) }
        let bytes = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes
        let first = bytes.first { !" \t\r\n".utf8.contains($0) }
        guard first == UInt8(ascii: "{") || first == UInt8(ascii: "[") else {
            (value, lines) = try YAMLText.parse(bytes, limits)
            return
        }
        do throws(JSONError) {
            value = try JSONValue(parsing: bytes, limits: JSONLimits(size: limits.size, depth: limits.depth))
        } catch {
            throw SourceFault(line: error.line, column: error.column, "this is no JSON: \(error.reason)", fix: "correct it at that place")
        }
        lines = JSONLineScanner.lines(of: bytes)
    }
}
