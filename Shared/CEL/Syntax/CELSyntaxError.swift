/// Why a text is not an expression, with what to write instead.
public struct CELSyntaxError: Error, Hashable, Sendable, CustomStringConvertible {
    public var message: String
    /// One sentence for the author; empty where there is nothing better to say.
    public var suggestion: String
    public var position: CELPosition

    public init(_ message: String, suggestion: String = "", at position: CELPosition) {
        self.message = message
        self.suggestion = suggestion
        self.position = position
    }

    public var description: String {
        "line \(position.line), column \(position.column): \(message)" + (suggestion.isEmpty ? "" : "; \(suggestion)")
    }
}

/// A place in the source, in Unicode code points from 1.
public struct CELPosition: Hashable, Sendable {
    public var line: Int
    public var column: Int

    public init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }
}
