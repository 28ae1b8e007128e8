/// Why bytes are not JSON, or a value has no canonical form.
public struct JSONError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What was wrong, in words that can be shown to the author of the document.
    public var reason: String
    /// Bytes before the fault; with ``line`` and ``column`` from 1. All three are 0 where a value rather than a text was at fault.
    public var offset: Int
    public var line: Int
    public var column: Int

    public init(reason: String, offset: Int = 0, line: Int = 0, column: Int = 0) {
        self.reason = reason
        self.offset = offset
        self.line = line
        self.column = column
    }

    public var description: String { line == 0 ? reason : "line \(line), column \(column): \(reason)" }
}

/// What a parser of outside bytes accepts at the most.
public struct JSONLimits: Sendable {
    /// Bytes of the whole document.
    public var size: Int
    /// Arrays and objects inside each other.
    public var depth: Int

    public init(size: Int, depth: Int) {
        self.size = size
        self.depth = depth
    }

    /// 8 MiB and 128 levels.
    public static let `default` = JSONLimits(size: 8 << 20, depth: 128)
}
