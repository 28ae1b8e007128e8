internal import ArgumentParser
internal import CEL
internal import JSON

/// `provable cel eval EXPR --input FILE`.
struct CELEvalCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "eval", abstract: "Evaluate an expression and print its value as JSON.",
        discussion: "Fails, with line, column and advice, where the expression has no value.")

    @Argument(help: "The expression.")
    var expression: String

    @OptionGroup var input: InputArguments

    @Flag(name: .long, help: "Print the value as an expression, which tells int from uint and bytes from strings.")
    var cel = false

    func run() throws {
        let variables = try input.variables()
        do {
            let value = try CELExpression(parsing: expression).evaluate(variables)
            print(cel ? value.description : try value.json().encodedString())
        } catch {
            throw Failure(error)
        }
    }

    /// Printed as it is, without the parser's usage.
    struct Failure: Error, CustomStringConvertible {
        let description: String
        init(_ error: any Error) { description = "\(error)" }
    }
}
