internal import ArgumentParser
internal import CEL
internal import JSON

/// `provable cel serve`: answers questions about the language, one line of JSON each, so that another engine can be held beside this
/// one without a process per question.
struct CELServeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Answer questions from the standard input, one line of JSON each.",
        discussion: """
            {"expr": TEXT, "input": {VARIABLE: VALUE}} is answered with {"type": TYPE, "value": EXPRESSION}, or with {"error": REASON, "message"}.
            """)

    func run() throws {
        while let line = readLine() {
            print(Self.answer(line).encodedString())
        }
    }

    private static func answer(_ line: String) -> JSONValue {
        do {
            let question = try JSONValue(parsing: line)
            let variables = (question["input"]?.objectValue ?? [:]).map { ($0.key, CELValue($0.value)) }
            let expression = try CELExpression(parsing: question["expr"]?.stringValue ?? "")
            let value = try expression.evaluate(Dictionary(variables) { _, last in last })
            return ["type": .string(value.type.rawValue), "value": .string(value.description)]
        } catch let error as CELEvaluationError {
            return ["error": .string(error.reason.rawValue), "message": .string("\(error)")]
        } catch {
            return ["error": "syntax", "message": .string("\(error)")]
        }
    }
}
