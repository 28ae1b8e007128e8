internal import CEL
internal import FoundationEssentials
internal import JSON

/// `cel-bench WORKLOAD`: evaluates and compiles each expression of a workload again and again, and prints a line of JSON: by name the
/// value, and the median of a hundred batches of each in microseconds.
@main
struct Main {
    private static let batches = 100
    private static let batch = 50

    static func main() throws {
        let workload = try JSONValue(parsing: Array(try Data(contentsOf: URL(fileURLWithPath: CommandLine.arguments[1]))))
        let variables = Dictionary((workload["input"]?.objectValue ?? [:]).map { ($0.key, CELValue($0.value)) }) { _, last in last }
        var results = JSONObject()
        for (name, source) in workload["expressions"]?.objectValue ?? [:] {
            let text = source.stringValue ?? ""
            let expression = try CELExpression(parsing: text)
            let value = try expression.evaluate(variables).json()
            let environment = CELEnvironment(variables: variables.mapValues { _ in .dyn })
            results[name] = [
                "value": value, "evaluate": .double(try median { _ = try expression.evaluate(variables) }),
                "compile": .double(try median { _ = try CELExpression(parsing: text) }),
                "checked": .double(try median { _ = try CELExpression(parsing: text).check(environment) }),
            ]
        }
        print(JSONValue.object(results).encodedString())
    }

    /// Microseconds.
    private static func median(_ body: () throws -> Void) throws -> Double {
        let clock = ContinuousClock()
        var times: [Double] = []
        for _ in 0..<batches {
            let start = clock.now
            for _ in 0..<batch { try body() }
            let time = (clock.now - start).components
            times.append((Double(time.seconds) * 1e6 + Double(time.attoseconds) * 1e-12) / Double(batch))
        }
        return times.sorted()[batches / 2]
    }
}
