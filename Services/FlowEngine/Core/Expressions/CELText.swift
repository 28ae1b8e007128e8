public import CEL

/// An expression as it stands in a document, with the place it stands at.
public struct CELText: Hashable, Sendable {
    public var expression: CELExpression
    public var pointer: String

    public func holds(_ scope: Scope) throws(ExpressionFailure) -> Bool {
        let value: CELValue
        do throws(CELEvaluationError) {
            value = try expression.evaluate(scope.variables)
        } catch {
            throw ExpressionFailure(pointer: pointer, source: expression.source, message: error.description)
        }
        guard let holds = value.boolValue else {
            throw ExpressionFailure(
                pointer: pointer, source: expression.source, message: "a condition must be true or false, not a \(value.type.rawValue)")
        }
        return holds
    }
}

/// An expression that had no value when a run came to it.
public struct ExpressionFailure: Error, Hashable, Sendable, CustomStringConvertible {
    public var pointer: String
    public var source: String
    public var message: String

    public var description: String { "\(source) (\(pointer)): \(message)" }
}
