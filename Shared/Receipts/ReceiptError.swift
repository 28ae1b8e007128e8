/// Why a receipt, or a part of one, was refused.
public struct ReceiptError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Where: a JSON pointer into the statement or the name of a part.
    public let field: String
    /// What was wrong, for the author of the emitting code.
    public let reason: String

    public init(_ field: String, _ reason: String) {
        self.field = field
        self.reason = reason
    }

    public var description: String { "\(field): \(reason)" }
}
