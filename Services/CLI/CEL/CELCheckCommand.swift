internal import ArgumentParser
internal import CEL
internal import FoundationEssentials
internal import JSON

/// `provable cel check EXPR --schema FILE`: what publishing a flow checks.
struct CELCheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Check an expression's names, functions and types, and print its type.",
        discussion: "Prints every problem with line, column and repair. Fails where there is an error; warnings are for inputs that may fail.")

    @Argument(help: "The expression.")
    var expression: String

    @Option(name: .long, help: "A JSON schema of an object: each of its properties is a variable. Without one there are no variables.")
    var schema: String?

    @Flag(name: .long, help: "The expression is a condition: it must be true or false.")
    var condition = false

    func run() throws {
        let environment = try schema.map(Self.environment) ?? CELEnvironment(variables: [:])
        let parsed: CELExpression
        do {
            parsed = try CELExpression(parsing: expression)
        } catch {
            print("error: \(error)")
            throw ExitCode.failure
        }
        let check = condition ? parsed.check(environment, expecting: .bool) : parsed.check(environment)
        for problem in check.problems { print("\(problem.severity.rawValue): \(problem)") }
        guard !check.hasErrors else { throw ExitCode.failure }
        print(check.type)
    }

    private static func environment(_ path: String) throws -> CELEnvironment {
        let schema = try JSONValue(parsing: Array(try Data(contentsOf: URL(fileURLWithPath: path))))
        guard let environment = CELEnvironment(jsonSchema: schema) else {
            throw ValidationError("\(path) must be a JSON schema with \"properties\", which are the variables")
        }
        return environment
    }
}
