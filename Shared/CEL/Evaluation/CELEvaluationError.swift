/// Why an expression has no value for these variables.
public struct CELEvaluationError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Reason: String, Sendable {
        case undeclared = "undeclared reference"
        case noSuchKey = "no such key"
        case noSuchOverload = "no such overload"
        case unknownFunction = "unknown function"
        case outOfRange = "index out of range"
        case overflow
        case divisionByZero = "division by zero"
        case conversion
        case invalidArgument = "invalid argument"
        /// The evaluation cost too much. Never absorbed by `&&` and `||`.
        case limit
    }

    public var reason: Reason
    public var message: String
    public var suggestion: String
    /// Nil until the evaluator has placed it.
    public var position: CELPosition?

    public init(_ reason: Reason, _ message: String, suggestion: String = "", at position: CELPosition? = nil) {
        self.reason = reason
        self.message = message
        self.suggestion = suggestion
        self.position = position
    }

    public var description: String {
        let place = position.map { "line \($0.line), column \($0.column): " } ?? ""
        return place + message + (suggestion.isEmpty ? "" : "; \(suggestion)")
    }
}
