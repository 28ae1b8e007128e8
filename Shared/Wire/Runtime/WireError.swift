/// Why bytes were refused as a message. All of them are the sender's fault.
public struct WireError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Problem: String, Hashable, Sendable {
        case tooLarge = "is larger than the limit"
        case tooDeep = "is nested too deep"
        case tooManyElements = "has too many elements"
        case invalidUTF8 = "is not valid UTF-8"
        case nul = "contains a NUL byte"
        case truncated = "ends early"
        case malformed = "is malformed"
        case wireType = "has another wire type than the schema"
        case memory = "needs more memory than the limit"
    }

    public let problem: Problem
    /// The message or field, for example `provable.ledger.v1.ReceiptRecord.step`.
    public let field: String

    public init(_ problem: Problem, at field: String) {
        self.problem = problem
        self.field = field
    }

    public var description: String { "\(field) \(problem.rawValue)" }
}
