internal import ArgumentParser
internal import CEL
internal import FoundationEssentials
internal import JSON

/// `provable cel serve`: answers questions about the language, one line of JSON each, so that another engine can be held beside this
/// one without a process per question.
struct CELServeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Answer questions from the standard input, one line of JSON each.",
        discussion: """
            {"expr": TEXT, "input": {VARIABLE: VALUE}} is answered with {"value": [TYPE, CONTENT], "text": EXPRESSION}, or with {"error": REASON, \
            "message": TEXT}. Doubles are given by their bits, bytes in base64, maps as lists of pairs.
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
            return ["value": typed(value), "text": .string(value.description)]
        } catch let error as CELEvaluationError {
            return ["error": .string(error.reason.rawValue), "message": .string("\(error)")]
        } catch {
            return ["error": "syntax", "message": .string("\(error)")]
        }
    }

    private static func typed(_ value: CELValue) -> JSONValue {
        let content: JSONValue =
            switch value {
            case .null: .null
            case .bool(let value): .bool(value)
            case .int(let value): .string(String(value))
            case .uint(let value): .string(String(value))
            case .double(let value): .string(value.isNaN ? "NaN" : String(value.bitPattern, radix: 16))
            case .string(let value): .string(value)
            case .bytes(let value): .string(Data(value).base64EncodedString())
            case .list(let list): .array(list.values.map(typed))
            case .map(let map): .array(map.entries.map { [typed($0.key), typed($0.value)] })
            case .timestamp(let value): .string(value.description)
            case .duration(let value): .string(value.description)
            case .address(let value): .string(value.description)
            case .network(let value): .string(value.description)
            case .type(let type): .string(type.rawValue)
            case .optional(let value): value.map(typed) ?? .null
            }
        return [.string(value.type.rawValue), content]
    }
}
