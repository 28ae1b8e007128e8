import CEL
import Testing

/// Evaluates and writes the value as an expression, or the reason of the error.
func outcome(_ source: String, _ variables: [String: CELValue] = [:]) -> String {
    do {
        return try CELExpression(parsing: source).evaluate(variables).description
    } catch let error as CELEvaluationError {
        return "error: \(error.reason.rawValue)"
    } catch {
        return "syntax error"
    }
}
