internal import ArgumentParser
internal import Cedar
internal import JSON

/// `provable cedar serve`: answers questions about the language, one line of JSON each, so that another engine can be held beside this
/// one without a process per question.
struct CedarServeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Answer questions from the standard input, one line of JSON each.",
        discussion: """
            {"op": "authorize", "policies": TEXT, "links": [{"template_id", "new_id", "values"}], "entities": JSON TEXT, "requests": [{"principal", \
            "action", "resource", "context": JSON TEXT}]}
            {"op": "to-json", "policies": TEXT}
            {"op": "format", "policies": TEXT}
            {"op": "from-json", "policies": JSON TEXT}
            """)

    /// Nesting of one question; the texts inside it have limits of their own.
    private static let limits = JSONLimits(size: 256 << 20, depth: 64)

    func run() throws {
        while let line = readLine() {
            let answer: JSONValue
            do {
                answer = try ServedQuestion(json: JSONValue(parsing: line, limits: Self.limits)).answer()
            } catch let error as Refusal {
                answer = ["refused": .string(error.part), "message": .string(error.message)]
            } catch {
                answer = ["refused": "question", "message": .string("\(error)")]
            }
            print(answer.encodedString())
        }
    }
}
